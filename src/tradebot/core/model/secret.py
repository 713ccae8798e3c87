"""What must nobody read? A text that says `***` of itself until somebody asks for it by name."""

import hashlib
from hmac import compare_digest
from typing import Any, Final, NoReturn

HIDDEN: Final = "***"


class Secret:
    """A key, a token or a password; only `reveal()` tells it."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        return self.__text

    def __repr__(self) -> str:
        return HIDDEN

    def __format__(self, spec: str) -> str:
        return format(HIDDEN, spec)

    def __eq__(self, other: object) -> bool:
        """Compare in a time that does not tell how much of a guess was right."""
        if not isinstance(other, Secret):
            return NotImplemented
        return compare_digest(self.__text.encode(), other.__text.encode())

    def __hash__(self) -> int:
        return int.from_bytes(hashlib.sha256(self.__text.encode()).digest()[:7])

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: Any) -> "Secret":
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> dict[str, Any]:
        return {"type": "is-instance", "cls": cls}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "string"}
