"""The network of the reader: an encoder that sees question and statement together, with a head for each task."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer, PreTrainedTokenizerBase

from rag.adapters.weights import MINILM, locate

LABELS = ("supported", "contradicted", "not_enough")


class Network(nn.Module):
    """Encoder, a relevance head (does the statement answer?) and a support head (`LABELS`).

    Both read the first token's state beside the mean of all, since the encoder was trained to be pooled.

    Args:
        folder: weights and configuration of the encoder, as transformers writes them.
        layers: which of its layers are kept, counted from 1.
    """

    def __init__(self, folder: Path, layers: Sequence[int]) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(folder)
        self.encoder.encoder.layer = nn.ModuleList(self.encoder.encoder.layer[layer - 1] for layer in layers)
        self.encoder.config.num_hidden_layers = len(layers)
        self.encoder.embeddings.requires_grad_(False)  # words that no example holds must not be left behind
        width = 2 * self.encoder.config.hidden_size
        self.dropout = nn.Dropout(0.1)
        self.relevance = nn.Linear(width, 1)
        self.support = nn.Linear(width, len(LABELS))

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits: `(n,)` of relevance and `(n, 3)` of support."""
        states = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        pooled = torch.cat([states[:, 0], (states * mask).sum(1) / mask.sum(1)], dim=1)
        pooled = self.dropout(pooled)
        return self.relevance(pooled)[:, 0], self.support(pooled)


def backbone() -> Path:
    """Return the folder of the verified weights that training starts from.

    Raises:
        ModelError: the package is missing or its file differs from its checksum.
    """
    return locate(MINILM)[0].parent


def make_tokenizer() -> PreTrainedTokenizerBase:
    """Return the tokenizer of the backbone."""
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(backbone())
    return tokenizer
