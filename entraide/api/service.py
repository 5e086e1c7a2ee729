"""Version 1 of the API: its addresses, and the document that describes them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from entraide import __version__
from entraide.api.bearer import Bearer
from entraide.api.claims import read_claim, send_claim
from entraide.api.household_schemas import HOUSEHOLD, HOUSEHOLD_ANSWER
from entraide.api.households import read_household, send_household
from entraide.api.refusals import failed, refused
from entraide.api.rights import read_eligibility
from entraide.api.schemas import CLAIM, CLAIM_ANSWER, ELIGIBILITY, ELIGIBILITY_ANSWER, REFUSED
from entraide.core.errors import Refusal

api = NinjaAPI(
    title="Entraide",
    version="1",
    description=(
        f"Field and partner API of Entraide {__version__}. Amounts are whole numbers of minor "
        "units with their currency; days are ISO; a key that is not known is refused."
    ),
    urls_namespace="api",
    docs_url=None,  # its page would come from elsewhere
    auth=Bearer(),
)


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refusal: Any) -> HttpResponse:
    return refused(request, refusal)


@api.exception_handler(Exception)
def _failed(request: HttpRequest, fault: Any) -> HttpResponse:
    return failed(request, fault)


def _json(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _answers(status: int, schema: Any, *refusals: int) -> dict[Any, Any]:
    said = {
        400: "unreadable",
        401: "no valid token",
        403: "the role does not allow it",
        404: "not in this mutual",
        409: "the key or the attestation was used for something else",
        422: "understood, and not possible: each fault has its path",
    }
    return {
        status: {"description": "done", **_json(schema)},
        **{code: {"description": said[code], **_json(REFUSED)} for code in refusals},
    }


def _parameters() -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "query",
            "required": name in ELIGIBILITY["required"],
            "schema": {key: value for key, value in schema.items() if key != "description"},
            "description": schema["description"],
        }
        for name, schema in ELIGIBILITY["properties"].items()
    ]


api.get(
    "/eligibility",
    operation_id="readEligibility",
    summary="Rights of the bearer of a card on a day",
    tags=["rights"],
    openapi_extra={
        "parameters": _parameters(),
        "responses": _answers(200, ELIGIBILITY_ANSWER, 401, 403, 404, 422),
    },
)(read_eligibility)

_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 100},
    "description": "a key of the sender's own: sent again, it records nothing twice",
}

api.post(
    "/households",
    operation_id="sendHousehold",
    response={201: None},
    summary="A family joins, and pays at once if it does",
    tags=["members"],
    openapi_extra={
        "parameters": [_KEY],
        "requestBody": {"required": True, **_json(HOUSEHOLD)},
        "responses": _answers(201, HOUSEHOLD_ANSWER, 400, 401, 403, 404, 409, 422),
    },
)(send_household)

api.get(
    "/households/{uid}",
    operation_id="readHousehold",
    summary="A family with its persons and its account",
    tags=["members"],
    openapi_extra={"responses": _answers(200, HOUSEHOLD_ANSWER, 401, 403, 404)},
)(read_household)

api.post(
    "/claims",
    operation_id="sendClaim",
    response={201: None},  # described below; without it the document would promise a 200 too
    summary="Send a claim; it is decided at once",
    tags=["claims"],
    openapi_extra={
        "parameters": [_KEY],
        "requestBody": {"required": True, **_json(CLAIM)},
        "responses": _answers(201, CLAIM_ANSWER, 400, 401, 403, 404, 409, 422),
    },
)(send_claim)

api.get(
    "/claims/{uid}",
    operation_id="readClaim",
    summary="A claim with its decision",
    tags=["claims"],
    openapi_extra={"responses": _answers(200, CLAIM_ANSWER, 401, 403, 404)},
)(read_claim)
