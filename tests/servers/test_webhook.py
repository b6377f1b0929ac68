"""The receiver of webhooks believes what is signed as the standard says, and nothing else."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from tests.networks.mischief import Mischief
from tests.servers.asking import Answer, ask
from tests.servers.webhook import WebhookReceiver

BODY = {"type": "delivery.posted", "data": {"text": "Hällo 😀"}}


async def send(
    receiver: WebhookReceiver,
    *,
    id_: str = "msg_1",
    age: timedelta = timedelta(),
    secret: str = "",
    **changed: str,
) -> Answer:
    """Tell it of something, signed `age` ago; with headers changed after that."""
    body, at = json.dumps(BODY), datetime.now(UTC) - age
    signature = Webhook(secret or receiver.secret).sign(id_, at, body)
    headers = {
        "webhook-id": id_,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
        **{name.replace("_", "-"): value for name, value in changed.items()},
    }
    return await ask("POST", receiver.url, headers=headers, data=body.encode())


async def test_what_is_signed_is_believed_and_kept(webhook_receiver: WebhookReceiver) -> None:
    told = asyncio.create_task(webhook_receiver.has(2))

    answers = [await send(webhook_receiver), await send(webhook_receiver)]

    assert [answer.status for answer in answers] == [204, 204]
    assert [(came.id, came.body) for came in await told] == [("msg_1", BODY)] * 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "whsec_" + "A" * 32},
        {"age": timedelta(minutes=6)},
        {"age": timedelta(minutes=-6)},
        {"webhook_id": "msg_2"},
        {"webhook_signature": "v1,AAAA"},
        {"webhook_signature": "nothing"},
        {"webhook_timestamp": ""},
    ],
)
async def test_what_is_not_is_refused(
    webhook_receiver: WebhookReceiver, wrong: dict[str, Any]
) -> None:
    refused = await send(webhook_receiver, **wrong)

    assert refused.status == 401
    assert (webhook_receiver.received, len(webhook_receiver.disbelieved)) == ([], 1)


async def test_it_can_be_told_to_fail(webhook_receiver: WebhookReceiver) -> None:
    webhook_receiver.disturb(Mischief.FAIL, Mischief.FAIL_AFTER)

    failed = [await send(webhook_receiver) for _ in range(2)]
    webhook_receiver.status = 410
    gone = await send(webhook_receiver)

    assert [answer.status for answer in (*failed, gone)] == [500, 500, 410]
    assert len(webhook_receiver.received) == 2
