"""A version that nobody approved: taken back or sent back, with a reason, and never erased."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django_scopes import scope

from entraide.apps.access.models import User
from entraide.apps.schemes.models import Mutual, ProductVersion, Role, VersionWithdrawal
from entraide.apps.schemes.selectors import versions_of, versions_to_approve
from entraide.apps.schemes.services import appoint, approve_product_version, enter_product_version
from entraide.apps.schemes.withdrawals import (
    send_product_version_back,
    withdraw_product_version,
)
from entraide.core.errors import Refusal
from entraide.rulebook import product_path, read_product
from tests.builders import a_key
from tests.people import People

ON = date(2024, 12, 12)
WHY = "Le plafond de maternité est celui de l’an passé"


def entered(mutual: Mutual, actor: User) -> ProductVersion:
    return enter_product_version(
        mutual=mutual, actor=actor, on=ON, idempotency_key=a_key(),
        document=read_product(product_path("essentielle")).document,
        effective_from=date(2025, 1, 1), source="AG du 7 décembre 2024, résolution 2",
    )  # fmt: skip


def done(act: Any, mutual: Mutual, actor: User, version: ProductVersion, **said: Any) -> Any:
    return act(
        mutual=mutual, actor=actor, on=ON, idempotency_key=a_key(), version=version, **said
    )  # fmt: skip


@pytest.mark.requirement("R182", begun=True)
def test_who_entered_a_version_takes_it_back_and_it_stays(
    bare_mutual: Mutual, people: People
) -> None:
    version = entered(bare_mutual, people.moussa)
    with scope(mutual=bare_mutual):
        assert list(versions_to_approve(bare_mutual)) == [version]
        with pytest.raises(Refusal, match="REASON_MISSING"):
            done(withdraw_product_version, bare_mutual, people.moussa, version, reason="  ")
        kept = done(withdraw_product_version, bare_mutual, people.moussa, version, reason=WHY)
        assert (kept.reason, kept.withdrawn_by, kept.withdrawn_on) == (WHY, people.moussa, ON)
        assert not versions_to_approve(bare_mutual).exists()
        [shown] = versions_of(version.product)
        assert shown.withdrawn == kept
        assert not shown.is_waiting
        with pytest.raises(Refusal, match="VERSION_WITHDRAWN"):
            done(approve_product_version, bare_mutual, people.director, version)
        with pytest.raises(Refusal, match="VERSION_WITHDRAWN"):
            done(send_product_version_back, bare_mutual, people.director, version, reason=WHY)
    after = entered(bare_mutual, people.moussa)
    assert after.number == version.number + 1  # the number of the first one is not taken again


def test_the_approver_sends_it_back_and_nobody_else_withdraws_it(
    bare_mutual: Mutual, people: People
) -> None:
    appoint(
        mutual=bare_mutual, actor=people.network_admin, on=ON, idempotency_key=a_key(),
        user=people.coordinator, role=Role.FINANCE_OFFICER, effective_from=ON,
    )  # fmt: skip
    version = entered(bare_mutual, people.moussa)
    with scope(mutual=bare_mutual):
        with pytest.raises(Refusal, match="VERSION_OF_OTHER"):
            done(withdraw_product_version, bare_mutual, people.coordinator, version, reason=WHY)
        with pytest.raises(Refusal, match="FORBIDDEN"):
            done(send_product_version_back, bare_mutual, people.coordinator, version, reason=WHY)
        done(send_product_version_back, bare_mutual, people.director, version, reason=WHY)
        assert version.withdrawal.withdrawn_by == people.director


def test_an_approved_version_is_not_withdrawn_and_a_withdrawal_never_changes(
    bare_mutual: Mutual, people: People
) -> None:
    version = entered(bare_mutual, people.moussa)
    with scope(mutual=bare_mutual):
        done(approve_product_version, bare_mutual, people.director, version)
        with pytest.raises(Refusal, match="VERSION_APPROVED_ALREADY"):
            done(withdraw_product_version, bare_mutual, people.moussa, version, reason=WHY)
    second = entered(bare_mutual, people.moussa)
    with scope(mutual=bare_mutual):
        done(withdraw_product_version, bare_mutual, people.moussa, second, reason=WHY)
        rows = VersionWithdrawal.objects.filter(version=second)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(reason="autre")
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.delete()
