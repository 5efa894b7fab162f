"""The model that is meant for answers, where it was pulled: it quotes the passage, under the schema."""

from __future__ import annotations

import json
from importlib.util import find_spec

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from rag.adapters.model_store import QWEN_CODER, find_model
from rag.chat.prompt import SCHEMA, SYSTEM
from rag.errors import ModelError
from rag.settings import Settings

if not (find_spec("xllamacpp") and find_spec("langchain_openai")):
    pytest.skip("the llama.cpp runtime is not installed: pip install 'openbook[local]'", allow_module_level=True)
from rag.adapters.local_chat import make_local_chat

CRAWLER = "A crawler connects to a data store, samples the files, guesses a format, and creates or updates tables."
MATERIAL = f"""<passage number="1" place="glue.md">
The Data Catalog holds table definitions. It does not hold the data.
</passage>

<passage number="2" place="glue.md">
{CRAWLER} It can run on a schedule.
</passage>

Question: What does a crawler do?"""


@pytest.mark.slow
def test_it_answers_with_a_quote_of_the_passage() -> None:
    settings = Settings(chat_timeout_s=300)
    try:
        find_model(QWEN_CODER.name, settings)
    except ModelError as error:
        pytest.skip(str(error))
    asked = make_local_chat(settings, QWEN_CODER.name).with_structured_output(SCHEMA).first  # type: ignore[attr-defined]

    reply = json.loads(asked.invoke([SystemMessage(SYSTEM), HumanMessage(MATERIAL)]).text)

    assert reply["statements"]
    assert all(one["quote"] in MATERIAL for one in reply["statements"])
    assert any(one["quote"] in CRAWLER for one in reply["statements"])
