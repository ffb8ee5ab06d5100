// Whatever the bytes, a bundle and a delta are refused with a reason or read; what is read verifies, and is the same bytes when it is written
// again. So that more than the hashes is reached, those of a bundle are put right and it is tried again.
#include "runtime/bundle/builder.h"
#include "runtime/bundle/delta.h"
#include "tests/fuzz/fuzz.h"

#include <cstring>

namespace {

using namespace writ::bundle;
using writ::fuzz::promise;

void refused(const Problem& problem) { promise(!problem.detail.empty(), "refused without a reason"); }

void read(const std::shared_ptr<std::vector<std::byte>>& bytes) {
  Problem problem;
  const auto opened = Bundle::open(*bytes, bytes, problem);
  promise((opened == nullptr) == static_cast<bool>(problem), "refused, or not", text_of(problem));
  if (!opened) return refused(problem);
  for (std::size_t i = 0; i < opened->size(); ++i) {
    writ::program::Part part;
    Origin origin;
    const auto wrong = opened->part(i, part);
    if (wrong) refused(wrong);
    if (wrong) continue;
    promise(writ::program::verify(part).empty(), "a part that does not verify");
    promise(!opened->origin(i, origin), "a part without an origin");
    const auto again = encode(part, origin, [](const auto& shape) { return writ::program::key_of(*shape); });
    promise(std::ranges::equal(again.hot, opened->hot(i)) && std::ranges::equal(again.cold, opened->cold(i)),
            "a part is written again as another");
  }
  if (const auto wrong = opened->check_all()) refused(wrong);
  const auto same = apply(*opened, make_delta(*opened, *opened), problem);
  promise(!same || same->root() == opened->root(), "a delta of nothing changes something");
}

// The hashes in rows, where the head says they are.
void put_right(std::vector<std::byte>& bytes) {
  Header header;
  if (bytes.size() < sizeof header) return;
  std::memcpy(&header, bytes.data(), sizeof header);
  auto at = aligned(sizeof header + std::min<std::uint64_t>(header.manifest_size, bytes.size()));
  const auto hash = [&](std::uint64_t begin, std::uint64_t size, Digest& digest) {
    if (begin <= bytes.size() && size <= bytes.size() - begin)
      digest = digest_of(std::span(bytes).subspan(begin, size));
  };
  const auto rows = [&](std::uint64_t count, auto row, const auto& change) {
    for (; count > 0 && at + sizeof row <= bytes.size(); --count, at += sizeof row) {
      std::memcpy(&row, bytes.data() + at, sizeof row);
      change(row);
      std::memcpy(bytes.data() + at, &row, sizeof row);
    }
  };
  rows(header.parts, PartRow{}, [&](PartRow& row) {
    hash(row.hot_begin, row.hot_size, row.hot), hash(row.cold_begin, row.cold_size, row.cold);
  });
  rows(header.shapes, ShapeRow{}, [&](ShapeRow& row) { hash(row.begin, row.size, row.hash); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto given = std::as_bytes(std::span(data, size));
  const auto bytes = std::make_shared<std::vector<std::byte>>(given.begin(), given.end());
  read(bytes);
  Delta delta;
  if (const auto wrong = read_delta(*bytes, delta)) refused(wrong);
  writ::program::Shape shape;
  if (!decode(*bytes, shape)) promise(std::ranges::equal(encode(shape), *bytes), "a shape is written as another");
  put_right(*bytes);
  read(bytes);
  return 0;
}
