// The bytes of numbers and lists: one way to write each, and memory only for what is there.
#include "tests/unit/bundle/world.h"

using namespace writ;
using namespace writ::bundle_world;

namespace {

template <class T>
std::string read_as(std::initializer_list<int> bytes, T& value) {
  Bytes all;
  for (const int byte : bytes) all.push_back(static_cast<std::byte>(byte));
  Reader reader(all);
  reader(value);
  return reader.finish();
}

template <class T>
void comes_back(T value) {
  Writer writer;
  writer(value);
  const auto bytes = writer.take();
  T read{};
  Reader reader(bytes);
  reader(read);
  CHECK(reader.finish().empty());
  CHECK(read == value);
}

}  // namespace

TEST_CASE("numbers are read as they are written and in no other way") {
  for (unsigned bits = 0; bits < 64; ++bits)
    for (const int more : {-1, 0, 1}) {
      const auto number = (std::uint64_t{1} << bits) + static_cast<std::uint64_t>(more);
      comes_back(number);
      comes_back(static_cast<std::int64_t>(number));
      if (bits < 63) comes_back(-static_cast<std::int64_t>(number));
      comes_back(static_cast<std::uint16_t>(number));
      comes_back(static_cast<std::int32_t>(number));
    }
  comes_back(UINT64_MAX);
  comes_back(INT64_MIN);
  comes_back(INT64_MAX);
  std::uint64_t wide = 0;
  std::uint16_t narrow = 0;
  std::int32_t less = 0;
  bool truth = false;
  CHECK(read_as({0x80, 0x00}, wide) == "a number has more bytes than it needs");
  CHECK(read_as({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02}, wide) == "a number is over 64 bits");
  CHECK(read_as({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81, 0x00}, wide) ==
        "a number is over 64 bits");
  CHECK(read_as({0xff}, wide) == "it ends too early");
  CHECK(read_as({0x80, 0x80, 0x04}, narrow) == "a number is out of its range");
  CHECK(read_as({0xff, 0xff, 0x03}, narrow).empty());
  CHECK(narrow == 65'535);
  CHECK(read_as({0x80, 0x80, 0x80, 0x80, 0x10}, less) == "a number is out of its range");
  CHECK(read_as({0x02}, truth) == "a truth is neither 0 nor 1");
  CHECK(read_as({0x01, 0x00}, truth) == "there is something behind its end");
}

TEST_CASE("a list that says it is longer than its bytes takes no memory for it") {
  std::vector<std::string> strings;
  CHECK(read_as({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, strings) == "a list is longer than its bytes");
  CHECK(strings.capacity() == 0);
  std::string text;
  CHECK(read_as({0xff, 0xff, 0xff, 0xff, 0x0f, 'a'}, text) == "it ends too early");
  CHECK(text.empty());
}

TEST_CASE("what is between two things is zero") {
  Bytes bytes = {std::byte{1}, {}, {}, {}, {}, {}, {}, {}, std::byte{7}};
  Reader good(bytes);
  CHECK(good.placed().size() == 1);
  CHECK(good.finish().empty());
  bytes[3] = std::byte{1};
  Reader bad(bytes);
  bad.placed();
  CHECK(bad.finish() == "there is something between its parts");
}
