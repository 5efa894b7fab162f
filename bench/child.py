"""The ingests that are compared, each run in a process of its own: `python -m bench.child openbook|langchain FOLDER`.

Prints one line of JSON: seconds to load and to work, seconds of all cores together, chunks, and the peak of memory.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from bench.frame import peak_mib, settings_at, stopwatch


def openbook(folder: Path, home: Path) -> dict[str, float]:
    """Ingest a folder as `openbook ingest` does."""
    figures: dict[str, float] = {}
    with stopwatch(figures, "load_s"):
        from ingest.pipeline import Ingestor
        from ingest.sources import find_sources
        from rag.bootstrap import make_embedder, open_library

        settings = settings_at(home)
        embedder = make_embedder(settings)
        library = open_library(settings, embedder)
    with stopwatch(figures, "work_s"), library:
        report = Ingestor(library, embedder, settings).ingest(find_sources([folder]))
    if report.failed:
        raise RuntimeError(f"{len(report.failed)} files failed: {report.failed[:3]}")
    return {**figures, "chunks": report.chunks, "embedded": report.embedded, "unchanged": report.unchanged}


def langchain(folder: Path) -> dict[str, float]:
    """Split, embed and index a folder with LangChain's parts and their defaults, as its tutorials do."""
    figures: dict[str, float] = {}
    with stopwatch(figures, "load_s"):
        import faiss
        import numpy as np
        from langchain_core.documents import Document
        from langchain_huggingface import HuggingFaceEmbeddings
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        from rag.adapters.weights import MINILM, locate

        embeddings = HuggingFaceEmbeddings(
            model_name=str(locate(MINILM)[0].parent), model_kwargs={"device": "cpu", "local_files_only": True}
        )
    with stopwatch(figures, "work_s"):
        documents = [
            Document(path.read_text("utf-8"), metadata={"source": str(path)}) for path in sorted(folder.glob("*.md"))
        ]
        chunks = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(documents)
        vectors = np.array(embeddings.embed_documents([chunk.page_content for chunk in chunks]), np.float32)
        index = faiss.IndexFlatL2(vectors.shape[1])
        index.add(vectors)
    return {**figures, "chunks": index.ntotal, "embedded": len(chunks)}


def main() -> None:
    """Run one of them."""
    name, folder, *home = sys.argv[1:]
    figures = openbook(Path(folder), Path(home[0])) if name == "openbook" else langchain(Path(folder))
    print(json.dumps({**figures, "cpu_s": time.process_time(), "peak_mib": peak_mib()}))


if __name__ == "__main__":
    main()
