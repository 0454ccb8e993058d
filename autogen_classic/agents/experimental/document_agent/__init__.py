"""An agent that takes documents in and answers questions about them, with its engines and parsers."""

from .chroma_query_engine import VectorChromaQueryEngine
from .docling_doc_ingest_agent import DoclingDocIngestAgent
from .document_agent import DocAgent
from .document_utils import handle_input
from .inmemory_query_engine import InMemoryQueryEngine
from .parser_utils import docling_parse_docs

__all__ = (
    "DocAgent",
    "DoclingDocIngestAgent",
    "InMemoryQueryEngine",
    "VectorChromaQueryEngine",
    "docling_parse_docs",
    "handle_input",
)
