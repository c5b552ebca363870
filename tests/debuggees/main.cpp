// A program that holds the same ULID in every shape that C++ programs use.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

struct Ulid {
    std::uint8_t data[16];
};

struct Record {
    std::string id;
    Ulid key;
};

int main() {
    std::string text = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    const char *pointer = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    char buffer[27] = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    unsigned char raw_id[16] = {0x01, 0x56, 0x3e, 0x3a, 0xb5, 0xd3, 0xd6, 0x76, 0x4c, 0x61, 0xef, 0xb9, 0x93, 0x02, 0xbd, 0x5b};
    Ulid value;
    std::memcpy(value.data, raw_id, 16);
    std::array<unsigned char, 16> array_id;
    std::memcpy(array_id.data(), raw_id, 16);
    unsigned __int128 number_id = 0;
    for (unsigned char byte : raw_id) number_id = number_id << 8 | byte;
    unsigned __int128 total = number_id;
    std::vector<std::string> listed = {text, "01BX5ZZKBKACTAV9WEVGEMMVRY"};
    Record record = {text, value};
    std::string too_long = text + "0";
    std::string overflow = "8ZZZZZZZZZZZZZZZZZZZZZZZZZ";
    std::string prefixed = "user_" + text;
    std::puts("ready"); // break here
    std::printf("%d %s\n", static_cast<int>(number_id & 0xff), pointer);
    return static_cast<int>(total == 0) + static_cast<int>(listed.size() + record.id.size() + buffer[0] + array_id[0] + too_long.size() + overflow.size() + prefixed.size()) * 0;
}
