"""A program that holds the same ULID in every shape that Python programs use."""

import uuid


class ULID:
    """Stands for the class of the usual packages: it is built from its 16 bytes and shows its text."""

    def __init__(self, data):
        self.bytes = data

    def __repr__(self):
        alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        number = int.from_bytes(self.bytes, "big")
        return "ULID(" + "".join(alphabet[number >> shift & 31] for shift in range(125, -1, -5)) + ")"


def main():
    text = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    lower = text.lower()
    as_bytes = text.encode()
    raw_id = bytes.fromhex("01563e3ab5d3d6764c61efb99302bd5b")
    array_id = bytearray(raw_id)
    list_id = list(raw_id)
    number_id = int.from_bytes(raw_id, "big")
    value = ULID(raw_id)
    as_uuid = uuid.UUID(bytes=raw_id)
    listed = [text, "01BX5ZZKBKACTAV9WEVGEMMVRY"]
    keyed = {"key": text}
    by_id = {text: 1}
    total = number_id
    too_long = text + "0"
    overflow = "8ZZZZZZZZZZZZZZZZZZZZZZZZZ"
    prefixed = "user_" + text
    digest = "d41d8cd98f00b204e9800998ecf8427e"
    print("ready", text)  # break here
    print("set to", text)
    return lower, as_bytes, array_id, list_id, value, as_uuid, listed, keyed, by_id, total, too_long, overflow, prefixed, digest


main()
