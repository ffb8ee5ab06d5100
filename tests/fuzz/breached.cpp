// Files of breached passwords, of both kinds: whatever the bytes, opening says what is wrong or nothing, and looking up touches
// only what is there. So that more than the checksums is reached, the bytes are tried a second time with those put right.
#include "runtime/password/breached.h"

#include "tests/fuzz/fuzz.h"

#include <cstring>
#include <vector>

namespace {

using namespace writ::password;
using writ::fuzz::promise;

// Lookups all over; what a part that is whole answers is the same again.
void ask(std::span<const std::uint8_t> bytes) {
  BreachedList list;
  const std::string problem = list.open(bytes);
  promise(problem.empty() == list.is_open(), "open, and something wrong", problem);
  Sha1 hash{};
  for (int i = 0; i < 64; ++i) {
    if (!bytes.empty())
      hash = sha1_of({reinterpret_cast<const char*>(bytes.data()), bytes.size() * static_cast<std::size_t>(i) / 64});
    if (i % 8 == 0) hash.fill(static_cast<std::uint8_t>(i * 4 - (i == 56)));
    const BreachedAnswer answer = list.look_up(hash), again = list.look_up(hash);
    promise(list.is_open() || answer.fault == BreachedFault::not_open, "an answer of a list that is not open");
    promise(answer.fault == again.fault && answer.found == again.found && answer.times == again.times,
            "another answer");
    promise(answer.fault == BreachedFault::none || !answer.is_clean(), "clean, with a fault");
  }
  if (list.is_open() && list.check_all().empty())
    promise(list.look_up(hash).fault == BreachedFault::none, "a fault in a list that is whole");
}

// Size, digests of the parts and root as they should be, when the rest allows it.
void put_right(std::vector<std::uint8_t>& bytes) {
  format::Header header;
  if (bytes.size() < sizeof(header)) return;
  std::memcpy(&header, bytes.data(), sizeof(header));
  header.start.version = ListStart().version;
  header.start.header_size = sizeof(header);
  header.start.file_size = bytes.size();
  if (header.directory > bytes.size()) header.directory = format::aligned(header.directory % bytes.size());
  if (header.directory > bytes.size()) return;
  for (std::size_t at = header.directory; at + sizeof(format::Part) <= bytes.size(); at += sizeof(format::Part)) {
    format::Part part;
    std::memcpy(&part, bytes.data() + at, sizeof(part));
    const std::uint64_t size = header.bits == 0
                                   ? std::uint64_t{part.hashes} * format::record_size
                                   : (std::uint64_t{part.segment_count} + 2) * part.segment_length * header.bits / 8;
    if (part.begin > header.directory || size > header.directory - part.begin) continue;
    const Sha256 digest = sha256_of(std::span(bytes).subspan(part.begin, size));
    std::copy_n(digest.begin(), part.digest.size(),
                bytes.begin() + static_cast<std::ptrdiff_t>(at + offsetof(format::Part, digest)));
  }
  std::memcpy(bytes.data(), &header, sizeof(header));
  const auto all = std::span<const std::uint8_t>(bytes);
  header.root = Hasher(Hasher::Kind::sha256)
                    .add(all.first(offsetof(format::Header, root)))
                    .add(all.subspan(header.directory))
                    .sha256();
  std::memcpy(bytes.data(), &header, sizeof(header));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> bytes(data, data + size);
  ask(bytes);
  put_right(bytes);
  ask(bytes);
  return 0;
}
