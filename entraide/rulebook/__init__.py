"""Rule packs as values: YAML or stored JSON in, ``core.product.Product`` of a day out."""

from entraide.rulebook.countries import AreaLevel, Country, read_country
from entraide.rulebook.packs import country_path, country_paths, product_path, product_paths
from entraide.rulebook.products import ProductRules, parse_product, read_product

__all__ = [
    "AreaLevel",
    "Country",
    "ProductRules",
    "country_path",
    "country_paths",
    "parse_product",
    "product_path",
    "product_paths",
    "read_country",
    "read_product",
]
