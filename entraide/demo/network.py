"""The six fictitious mutuals: who joins, what is paid, which care, which team, what it costs.

Numbers are a practitioner's judgement (see ``docs/reference/demo-network.md``); none describes a
real mutual. Amounts are minor units of the mutual's currency at the prices of the base year.
"""

from __future__ import annotations

from dataclasses import dataclass, field

BASE_YEAR = 2025
NOMINAL_HOUSEHOLDS = 27_100  # of the whole network, for which teams and costs are given


@dataclass(frozen=True, slots=True)
class Segment:
    """Households that join in one way: through a lender, a commune, an employer, alone."""

    code: str
    product: str
    kind: str  # of the partner group
    share: float  # of the mutual's households
    mean_size: float
    renewal_rate: float
    pays: str  # "loan", "monthly", "payroll", "once", "collective"
    collected: float  # part of the households that pay to the end
    seasons: tuple[float, ...]  # weight of each month for joining
    loan_mean_minor: int = 0
    group_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Care:
    """One kind of care: contacts per covered person and year, mean bill and its variation."""

    category: str
    sector: str
    frequency: float
    bill_minor: int
    cv: float
    season: tuple[float, ...] = (1.0,) * 12


@dataclass(frozen=True, slots=True)
class Post:
    """A person of the team: post, user name, name as people say it."""

    post: str
    username: str
    name: str


@dataclass(frozen=True, slots=True)
class MutualPlan:
    """Everything that the demonstration knows of a mutual before chance is asked."""

    code: str
    name: str
    place: str
    country: str
    share: float  # of the network's households
    running_costs_minor: int  # per household and year, base year
    payroll_share: float
    wage_rise: float
    price_rise: float
    care_rise: float
    use_rise: float
    running_share_minor: int  # expected per household and year: what grants need not cover
    fund_share_minor: int
    main_role: str  # ledger role of the account where the money meets
    main_name: str
    institution: str
    identifier: str
    statement_format: str  # "camt053" or the name of a CSV profile
    has_mobile_money: bool
    third_party_share: float
    batch_days: tuple[int, ...]
    wages: tuple[tuple[str, int], ...]  # label of the expense, weight
    segments: tuple[Segment, ...]
    care: tuple[Care, ...]
    team: tuple[Post, ...]
    towns: tuple[tuple[str, str], ...]  # district, commune
    care_factor: float = 1.0  # brings the claims ratio of the base year near its target
    birth_unknown: float = 0.12
    single_name: float = 0.0
    several_wives: float = 0.0
    photo_missing: float = 0.09
    other_costs: tuple[str, ...] = field(
        default=(
            "Transport des animateurs",
            "Loyer et énergie",
            "Communication",
            "Imprimés, cartes",
        )
    )


EVEN = (1.0,) * 12
MG_HARVEST = (0.4, 0.4, 0.4, 0.8, 2.5, 3.0, 2.5, 0.6, 0.4, 0.4, 0.4, 0.2)
BF_HARVEST = (3.0, 0.8, 0.4, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.6, 2.4, 3.0)
SCHOOL = (0.5, 0.5, 0.4, 0.4, 0.4, 0.4, 0.4, 0.5, 1.5, 4.0, 1.5, 0.5)
# Respiratory diseases June to August, diarrhoea January to March; no malaria on the plateau.
MG_SEASON = (1.05, 1.05, 1.05, 0.94, 0.94, 1.12, 1.12, 1.12, 0.94, 0.89, 0.89, 0.89)
# Malaria: August to October, on a third of the consultations.
BF_SEASON = (0.93, 0.93, 0.93, 0.93, 0.93, 0.93, 0.93, 1.21, 1.21, 1.21, 0.93, 0.93)
TG_SEASON = (0.91, 0.91, 0.91, 1.08, 1.08, 1.08, 1.08, 0.91, 0.91, 1.31, 0.91, 0.91)


def _mg_care(factor: float) -> tuple[Care, ...]:
    return tuple(
        Care(category, sector, frequency * factor, bill, cv, season)
        for category, sector, frequency, bill, cv, season in (
            ("consultation", "public", 0.54, 6_500, 0.8, MG_SEASON),
            ("consultation", "private", 0.22, 13_000, 0.9, MG_SEASON),
            ("consultation", "faith_based", 0.13, 13_000, 0.9, MG_SEASON),
            ("examinations", "private", 0.07, 24_000, 1.0, EVEN),
            ("dental", "private", 0.03, 15_000, 0.7, EVEN),
            ("hospital", "public", 0.014, 120_000, 1.2, EVEN),
            ("hospital", "private", 0.005, 230_000, 1.3, EVEN),
            ("delivery", "public", 0.014, 45_000, 0.5, EVEN),
            ("delivery", "private", 0.005, 110_000, 0.5, EVEN),
            ("surgery", "public", 0.0025, 420_000, 0.8, EVEN),
        )
    )


ZEMS_CARE = (
    Care("consultation", "public", 0.47, 2_600, 0.7, BF_SEASON),
    Care("consultation", "private", 0.12, 6_500, 0.8, BF_SEASON),
    Care("examinations", "private", 0.05, 6_000, 0.9),
    Care("hospital", "public", 0.014, 28_000, 1.2),
    Care("hospital", "private", 0.003, 65_000, 1.2),
    Care("delivery", "private", 0.003, 30_000, 0.5),
)
SUGRI_CARE = (
    Care("consultation", "public", 0.80, 2_000, 0.4, BF_SEASON),
    Care("emergency", "public", 0.05, 10_000, 0.4),
    Care("hospital", "public", 0.025, 25_000, 0.5),
    Care("delivery", "public", 0.030, 5_000, 0.3),
)
DAGBE_CARE = (
    Care("consultation", "public", 0.41, 3_300, 0.7, TG_SEASON),
    Care("consultation", "private", 0.13, 7_500, 0.8, TG_SEASON),
    Care("examinations", "private", 0.06, 6_500, 0.9),
    Care("hospital", "public", 0.012, 38_000, 1.2),
    Care("hospital", "private", 0.002, 80_000, 1.2),
    Care("delivery", "public", 0.018, 18_000, 0.5),
)

WAGES = (
    ("Salaires, direction et finances", 30),
    ("Salaires, animateurs", 50),
    ("Salaires, saisie et médecin conseil", 20),
)


def _team(*people: tuple[str, str, str]) -> tuple[Post, ...]:
    return tuple(Post(post, username, name) for post, username, name in people)


NETWORK: tuple[MutualPlan, ...] = (
    MutualPlan(
        code="atia-sante", name="ATIA Santé", place="Antananarivo", country="mg", share=0.22,
        running_costs_minor=59_800, payroll_share=0.79, wage_rise=0.06, price_rise=0.06,
        care_rise=0.07, use_rise=0.03, running_share_minor=12_700, fund_share_minor=44_900,
        main_role="bank", main_name="Banque de l’Imerina, compte courant",
        institution="Banque de l’Imerina (fictive)", identifier="MG4600005000070000120145623",
        statement_format="camt053", has_mobile_money=True, care_factor=1.19, third_party_share=0.88,
        batch_days=(10, 25), wages=WAGES,
        segments=(
            Segment("prets", "atia-prets", "lender", 0.50, 4.3, 0.70, "loan", 1.0, EVEN, 870_000,
                    ("Caisse Fihary", "Caisse Mivoatra", "Caisse Tsara Fiaraha")),
            Segment("communes", "atia-communes", "commune", 0.35, 4.4, 0.64, "monthly", 0.83,
                    MG_HARVEST, 0, ("Commune d’Ambatolava", "Commune d’Ampasika", "Association Soa",
                                    "Commune d’Ilafitra", "Association Vonjy")),
            Segment("entreprises", "atia-entreprises", "enterprise", 0.15, 3.6, 0.93, "payroll",
                    0.97, SCHOOL, 0, ("Ateliers Volafotsy", "École Fanantenana", "ONG Tanora",
                                      "Imprimerie Harefo")),
        ),
        care=_mg_care(1.0),
        team=_team(
            ("director", "hanta", "Hanta Rakotomalala"),
            ("finance_officer", "rivo", "Rivo Andriamanana"),
            ("medical_adviser", "lalao", "Dr Lalao Ravelomanana"),
            ("coordinator", "tiana", "Tiana Rasoanaivo"), ("clerk", "miora", "Miora Razafindrabe"),
            ("cashier", "faly", "Faly Randriambola"), ("agent", "hery", "Hery Rabemanantsoa"),
            ("agent2", "voahangy", "Voahangy Rasolofo"), ("elected", "fidy", "Fidy Rakotomanga"),
        ),
        towns=(("Antananarivo-Ville", "Ambatolava"), ("Antananarivo-Ville", "Ampasika"),
               ("Avaradrano", "Ilafitra"), ("Atsimondrano", "Tanjomoha")),
        single_name=0.35,
    ),
    MutualPlan(
        code="mirindra-sante", name="Mirindra Santé", place="Antsirabe", country="mg", share=0.37,
        running_costs_minor=58_000, payroll_share=0.78, wage_rise=0.06, price_rise=0.06,
        care_rise=0.07, use_rise=0.03, running_share_minor=15_700, fund_share_minor=47_000,
        main_role="bank", main_name="Banque des Hautes Terres, compte courant",
        institution="Banque des Hautes Terres (fictive)", identifier="MG4600011000090000338877154",
        statement_format="camt053", has_mobile_money=True, care_factor=1.18, third_party_share=0.94,
        batch_days=(5, 20), wages=WAGES,
        segments=(
            Segment("familles", "mirindra", "ngo", 0.60, 4.1, 0.74, "once", 0.97, EVEN, 0,
                    ("ONG Aina", "Coopérative Ronono", "Association Mpamboly", "ONG Fifohazana",
                     "Coopérative Vary Soa")),
            Segment("salaries", "mirindra", "enterprise", 0.25, 4.0, 0.78, "once", 0.99, SCHOOL, 0,
                    ("Filature Vakiniva", "Collège Avotra", "Brasserie du Plateau")),
            Segment("paysans", "mirindra", "cooperative", 0.15, 4.3, 0.68, "once", 0.95,
                    MG_HARVEST, 0, ("Union des paysans d’Ambano", "Union des laitiers de Betafo")),
        ),
        care=_mg_care(1.12),
        team=_team(
            ("director", "noro", "Noro Rabearison"), ("finance_officer", "solofo",
            "Solofo Ramiandrisoa"),
            ("medical_adviser", "bakoly", "Dr Bakoly Rajaonarison"),
            ("coordinator", "naina", "Naina Rakotondrabe"), ("clerk", "fara", "Fara Razanamalala"),
            ("cashier", "toky", "Toky Andriantsoa"), ("agent", "zo", "Zo Ratsimbazafy"),
            ("agent2", "mamy", "Mamy Raharison"), ("elected", "lantosoa", "Lantosoa Rabe"),
        ),
        towns=(("Antsirabe I", "Mahazoarivo"), ("Antsirabe II", "Ambano"), ("Betafo", "Soavina")),
        single_name=0.35,
    ),
    MutualPlan(
        code="hasina-sante", name="Hasina Santé", place="Fianarantsoa", country="mg", share=0.06,
        running_costs_minor=34_000, payroll_share=0.70, wage_rise=0.06, price_rise=0.06,
        care_rise=0.07, use_rise=0.03, running_share_minor=8_200, fund_share_minor=32_800,
        main_role="bank", main_name="Compte à la Caisse Hasina",
        institution="Caisse Hasina (fictive)", identifier="MG4600017000020000550012378",
        statement_format="camt053", has_mobile_money=False, care_factor=1.15,
        third_party_share=0.80,
        batch_days=(15,), wages=WAGES,
        segments=(
            Segment("prets", "hasina", "lender", 1.0, 4.3, 0.72, "loan", 1.0, EVEN, 820_000,
                    ("Caisse Hasina centre", "Caisse Hasina marché")),
        ),
        care=_mg_care(0.72),
        team=_team(
            ("director", "vola", "Vola Ramaroson"), ("finance_officer", "haja",
            "Haja Rakotoarisoa"),
            ("medical_adviser", "nirina", "Dr Nirina Razafy"),
            ("coordinator", "lova", "Lova Andrianina"), ("clerk", "onja", "Onja Rasoarimalala"),
            ("cashier", "tahina", "Tahina Ralambo"), ("agent", "rado", "Rado Rafaralahy"),
            ("agent2", "sahondra", "Sahondra Ravao"),
            ("elected", "hasiniaina", "Hasiniaina Raly"),
        ),
        towns=(("Fianarantsoa", "Andrainjato"), ("Vohibato", "Talata")),
        single_name=0.35,
    ),
    MutualPlan(
        code="zems-laafi", name="Zems Laafi", place="Ouagadougou", country="bf", share=0.20,
        running_costs_minor=15_000, payroll_share=0.76, wage_rise=0.04, price_rise=0.03,
        care_rise=0.04, use_rise=0.03, running_share_minor=3_150, fund_share_minor=9_450,
        main_role="microfinance", main_name="Compte à la Caisse Wend Panga",
        institution="Caisse Wend Panga (fictive)", identifier="BF-201-004512-77",
        statement_format="bf_microfinance", has_mobile_money=False, care_factor=1.07,
        third_party_share=0.25,
        batch_days=(4, 11, 18, 25), wages=WAGES,
        segments=(
            Segment("prets", "zems", "lender", 1.0, 4.8, 0.66, "loan", 1.0, EVEN, 310_000,
                    ("Caisse Wend Panga Gounghin", "Caisse Wend Panga Tampouy",
                     "Caisse Wend Panga Pissy")),
        ),
        care=ZEMS_CARE,
        team=_team(
            ("director", "aminata", "Aminata Ouédraogo"),
            ("finance_officer", "boureima", "Boureima Sawadogo"),
            ("medical_adviser", "salif", "Dr Salif Kaboré"),
            ("coordinator", "mariam", "Mariam Zongo"), ("clerk", "rasmata", "Rasmata Compaoré"),
            ("cashier", "issouf", "Issouf Tapsoba"), ("agent", "adama", "Adama Nikiéma"),
            ("agent2", "fatimata", "Fatimata Ilboudo"), ("elected", "seydou", "Seydou Traoré"),
        ),
        towns=(("Kadiogo", "Gounghin"), ("Kadiogo", "Tampouy"), ("Kadiogo", "Pissy")),
    ),
    MutualPlan(
        code="sugri-laafi", name="Sugri Laafi", place="Ziniaré", country="bf", share=0.03,
        running_costs_minor=10_700, payroll_share=0.72, wage_rise=0.04, price_rise=0.03,
        care_rise=0.0, use_rise=0.03, running_share_minor=2_790, fund_share_minor=15_800,
        main_role="microfinance", main_name="Compte à la Caisse populaire",
        institution="Caisse populaire du Plateau (fictive)", identifier="BF-305-000918-12",
        statement_format="bf_microfinance", has_mobile_money=False, care_factor=1.245,
        third_party_share=1.0,
        batch_days=(20,), wages=WAGES,
        segments=(
            Segment("villages", "sugri", "village", 1.0, 6.2, 0.58, "collective", 0.97,
                    BF_HARVEST, 0, ("Village de Nagréongo-Peulh", "Village de Tampelga",
                                    "Groupement Song-Taaba", "Village de Gonsin")),
        ),
        care=SUGRI_CARE,
        team=_team(
            ("director", "pascaline", "Pascaline Yaméogo"),
            ("finance_officer", "moumouni", "Moumouni Kafando"),
            ("medical_adviser", "hamidou", "Dr Hamidou Barry"),
            ("coordinator", "talato", "Talato Simporé"), ("clerk", "awa", "Awa Diallo"),
            ("cashier", "noaga", "Noaga Bonkoungou"), ("agent", "tene", "Téné Sankara"),
            ("agent2", "lassane", "Lassané Rouamba"), ("elected", "bibata", "Bibata Sawadogo"),
        ),
        towns=(("Oubritenga", "Nagréongo"), ("Oubritenga", "Ziniaré")),
        birth_unknown=0.25, several_wives=0.12,
    ),
    MutualPlan(
        code="dagbe-sante", name="Dagbe Santé", place="Lomé", country="tg", share=0.12,
        running_costs_minor=18_500, payroll_share=0.76, wage_rise=0.04, price_rise=0.03,
        care_rise=0.04, use_rise=0.03, running_share_minor=4_030, fund_share_minor=10_370,
        main_role="mobile_money", main_name="Portefeuille électronique de Dagbe",
        institution="Opérateur T-Pay (fictif)", identifier="22890001122",
        statement_format="tg_mobile_money", has_mobile_money=False, care_factor=1.1,
        third_party_share=0.70,
        batch_days=(10, 25), wages=WAGES,
        segments=(
            Segment("prets", "dagbe", "lender", 1.0, 4.4, 0.68, "loan", 1.0, EVEN, 0,
                    ("Coopec Novissi", "Coopec Mawuli")),
        ),
        care=DAGBE_CARE,
        team=_team(
            ("director", "essenam", "Essénam Adzovi"), ("finance_officer", "kodjo", "Kodjo Amegah"),
            ("medical_adviser", "ablavi", "Dr Ablavi Kpodar"),
            ("coordinator", "mawuli", "Mawuli Agbodjan"), ("clerk", "akouvi", "Akouvi Lawson"),
            ("cashier", "komlan", "Komlan Ayité"), ("agent", "sena", "Séna Dogbe"),
            ("agent2", "yawa", "Yawa Tossou"), ("elected", "edem", "Edem Kpogo"),
        ),
        towns=(("Golfe", "Bè"), ("Golfe", "Adidogomé"), ("Agoè-Nyivé", "Agoè")),
        several_wives=0.05,
    ),
)  # fmt: skip
"""Who is in the network, the largest story first."""
