// Constants to a row's bytes, and those bytes checked and shown. The layout is in program.h; it is little-endian, position-independent and
// depends on nothing but the constants, so that equal policies have equal bytes on every machine.
//
//     constants  7 · "IT" · {1, 3}            row   word 0: 7                      (the value)
//                                                   word 1: offset 24, count 2     → "IT"
//                                                   word 2: offset 32, count 1     → 0b1010
//
// `verify` is what makes the builtins safe: a row comes from a file, and they read it without looking again.
#include "runtime/program/builtins.h"
#include "runtime/program/program.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

namespace writ::program {

static_assert(std::endian::native == std::endian::little, "rows are read where they lie");

namespace {

template <class T>
T read(std::span<const std::byte> row, std::size_t at) {
  T value;
  std::memcpy(&value, row.data() + at, sizeof value);
  return value;
}

// ---------------------------------------------------------------- building

struct Range {
  Ip first, last;
};

Range range_of(const Cidr& cidr) {
  Range range{cidr.base, cidr.base};
  for (std::size_t bit = cidr.bits; bit < 128; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80u >> bit % 8);
    range.first.bytes[bit / 8] = static_cast<std::uint8_t>(range.first.bytes[bit / 8] & ~mask);
    range.last.bytes[bit / 8] = static_cast<std::uint8_t>(range.last.bytes[bit / 8] | mask);
  }
  return range;
}

// The next address; `::` after the last one.
Ip next(Ip ip) {
  for (std::size_t i = 16; i-- > 0;)
    if (++ip.bytes[i] != 0) break;
  return ip;
}

// Sorted, overlapping and touching blocks joined.
std::vector<Range> ranges_of(const std::vector<Cidr>& cidrs) {
  std::vector<Range> all, joined;
  for (const auto& cidr : cidrs) all.push_back(range_of(cidr));
  std::ranges::sort(
      all, [](const Range& a, const Range& b) { return a.first != b.first ? a.first < b.first : a.last < b.last; });
  for (const auto& range : all) {
    if (joined.empty() || (range.first > joined.back().last && range.first != next(joined.back().last)))
      joined.push_back(range);
    else
      joined.back().last = std::max(joined.back().last, range.last);
  }
  return joined;
}

// Appends bytes behind the slots' words.
class Builder {
 public:
  explicit Builder(std::size_t slots) : bytes_(slots * 8) {}

  void word(std::size_t slot, std::uint64_t value) { std::memcpy(bytes_.data() + slot * 8, &value, 8); }
  void copy(std::size_t from, std::size_t to) { std::memcpy(bytes_.data() + to * 8, bytes_.data() + from * 8, 8); }
  void point(std::size_t slot, std::size_t offset, std::size_t count) {
    word(slot, offset | static_cast<std::uint64_t>(count) << 32);
  }
  std::size_t align() {
    bytes_.resize((bytes_.size() + 7) / 8 * 8);
    return bytes_.size();
  }
  std::size_t append(const void* data, std::size_t size) {
    const auto at = bytes_.size();
    bytes_.resize(at + size);
    if (size != 0) std::memcpy(bytes_.data() + at, data, size);
    return at;
  }
  template <class T>
  std::size_t append(const T& value) {
    return append(&value, sizeof value);
  }
  void overwrite(std::size_t at, std::uint32_t value) { std::memcpy(bytes_.data() + at, &value, sizeof value); }
  const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

// Where the offsets of a time zone lie: the two hundred of Berlin once, however many windows are in its time.
using Offsets = std::map<std::vector<ZoneOffset>, std::uint32_t>;

// Lays out one constant; one overload a kind.
struct Layout {
  Builder& out;
  std::size_t slot;
  Offsets& offsets;

  void operator()(bool value) { out.word(slot, value ? 1 : 0); }
  void operator()(std::int64_t value) { out.word(slot, static_cast<std::uint64_t>(value)); }
  void operator()(const std::string& text) {
    const auto at = out.align();
    out.append(text.data(), text.size());
    out.point(slot, at, text.size());
  }
  void operator()(const Glob& glob) { (*this)(glob.pattern); }
  void operator()(const Regex& regex) { (*this)(regex.pattern); }
  void operator()(const Ip& ip) {
    const auto at = out.align();
    out.append(ip.bytes);
    out.point(slot, at, 1);
  }
  void operator()(const Bits& bits) {
    std::vector<std::uint64_t> words;
    for (const auto member : bits.members) {
      if (words.size() <= member / 64) words.resize(member / 64 + 1);
      words[member / 64] |= std::uint64_t{1} << member % 64;
    }
    const auto at = out.align();
    out.append(words.data(), words.size() * 8);
    out.point(slot, at, words.size());
  }
  void operator()(std::vector<std::int64_t> ints) {
    std::ranges::sort(ints);
    ints.erase(std::unique(ints.begin(), ints.end()), ints.end());
    const auto at = out.align();
    out.append(ints.data(), ints.size() * 8);
    out.point(slot, at, ints.size());
  }
  void operator()(std::vector<std::string> strings) {
    std::ranges::sort(strings,
                      [](const auto& a, const auto& b) { return a.size() != b.size() ? a.size() < b.size() : a < b; });
    strings.erase(std::unique(strings.begin(), strings.end()), strings.end());
    const auto at = out.align();
    for (const auto& text : strings) {
      out.append(std::uint32_t{0});
      out.append(static_cast<std::uint32_t>(text.size()));
    }
    for (std::size_t i = 0; i < strings.size(); ++i)
      out.overwrite(at + i * 8, static_cast<std::uint32_t>(out.append(strings[i].data(), strings[i].size())));
    out.point(slot, at, strings.size());
  }
  void operator()(const std::vector<Cidr>& cidrs) {
    const auto ranges = ranges_of(cidrs);
    const auto at = out.align();
    for (const auto& range : ranges) {
      out.append(range.first.bytes);
      out.append(range.last.bytes);
    }
    out.point(slot, at, ranges.size());
  }
  void operator()(const Window& window) {
    const auto at = out.align();
    out.append(window.begin);
    out.append(window.end);
    out.append(std::uint32_t{window.days});
    out.append(static_cast<std::uint32_t>(window.offsets.size()));
    const auto [known, fresh] = offsets.try_emplace(window.offsets, static_cast<std::uint32_t>(at + 16));
    out.append(known->second);
    out.point(slot, at, 1);
    if (!fresh) return;
    for (const auto& offset : window.offsets) {
      out.append(offset.from);
      out.append(offset.offset);
      out.append(std::uint32_t{0});
    }
  }
};

}  // namespace

Row Row::build(std::span<const Constant> constants) {
  Builder out(constants.size());
  Offsets offsets;
  for (std::size_t i = 0; i < constants.size(); ++i) std::visit(Layout{out, i, offsets}, constants[i]);
  out.align();
  return from_bytes(out.bytes());
}

Row Row::build(std::span<const SharedConstant> constants) {
  Builder out(constants.size());
  Offsets offsets;
  std::unordered_map<const Constant*, std::size_t> laid_out;  // the slot that has it
  for (std::size_t i = 0; i < constants.size(); ++i) {
    const auto [first, fresh] = laid_out.try_emplace(constants[i].get(), i);
    if (fresh)
      std::visit(Layout{out, i, offsets}, *constants[i]);
    else
      out.copy(first->second, i);
  }
  out.align();
  return from_bytes(out.bytes());
}

Row Row::from_bytes(std::span<const std::byte> bytes) {
  Row row;
  row.words_.resize((bytes.size() + 7) / 8);
  row.size_ = bytes.size();
  if (!bytes.empty()) std::memcpy(row.words_.data(), bytes.data(), bytes.size());
  return row;
}

Row Row::borrow(std::span<const std::byte> bytes) {
  Row row;
  row.borrowed_ = bytes.data();
  row.size_ = bytes.size();
  return row;
}

bool Row::operator==(const Row& other) const { return std::ranges::equal(bytes(), other.bytes()); }

// ---------------------------------------------------------------- verifying

namespace {

constexpr std::size_t max_string = max_string_bytes;

// Checks one slot; the answer is what is wrong, empty when nothing is.
class Checker {
 public:
  explicit Checker(std::span<const std::byte> row) : row_(row) {}

  std::string slot(SlotKind kind, std::size_t index) const {
    const auto word = read<std::uint64_t>(row_, index * 8);
    const auto offset = static_cast<std::uint32_t>(word), count = static_cast<std::uint32_t>(word >> 32);
    switch (kind) {
    case SlotKind::boolean: return word <= 1 ? "" : "is a boolean other than 0 and 1";
    case SlotKind::integer: return "";
    case SlotKind::string:
    case SlotKind::regex: return string(offset, count);
    case SlotKind::glob: return count > max_glob ? "is too long a glob" : string(offset, count);
    case SlotKind::ip: return count == 1 && fits(offset, 1, 16, 8) ? "" : "points outside the row";
    case SlotKind::bits: return fits(offset, count, 8, 8) ? "" : "points outside the row";
    case SlotKind::ints: return ints(offset, count);
    case SlotKind::strings: return strings(offset, count);
    case SlotKind::cidrs: return cidrs(offset, count);
    case SlotKind::window: return count == 1 ? window(offset) : "is not one window";
    }
    return "is of no kind";
  }

 private:
  bool fits(std::size_t offset, std::size_t count, std::size_t size, std::size_t alignment) const {
    return offset % alignment == 0 && offset <= row_.size() && count <= (row_.size() - offset) / size;
  }
  std::string string(std::size_t offset, std::size_t size) const {
    if (!fits(offset, size, 1, 1)) return "points outside the row";
    if (size > max_string) return "is too long a string";
    return valid_utf8({reinterpret_cast<const char*>(row_.data()) + offset, size}) ? "" : "is not UTF-8";
  }
  std::string ints(std::size_t offset, std::size_t count) const {
    if (!fits(offset, count, 8, 8)) return "points outside the row";
    for (std::size_t i = 1; i < count; ++i)
      if (read<std::int64_t>(row_, offset + i * 8 - 8) >= read<std::int64_t>(row_, offset + i * 8))
        return "is not sorted";
    return "";
  }
  std::string_view entry(std::size_t at) const {
    return {reinterpret_cast<const char*>(row_.data()) + read<std::uint32_t>(row_, at),
            read<std::uint32_t>(row_, at + 4)};
  }
  std::string strings(std::size_t offset, std::size_t count) const {
    if (!fits(offset, count, 8, 8)) return "points outside the row";
    for (std::size_t i = 0; i < count; ++i) {
      const auto at = offset + i * 8;
      if (auto wrong = string(read<std::uint32_t>(row_, at), read<std::uint32_t>(row_, at + 4)); !wrong.empty())
        return wrong;
      if (i == 0) continue;
      const auto before = entry(at - 8), here = entry(at);
      if (before.size() != here.size() ? before.size() > here.size() : before >= here) return "is not sorted";
    }
    return "";
  }
  std::string cidrs(std::size_t offset, std::size_t count) const {
    if (!fits(offset, count, 32, 8)) return "points outside the row";
    for (std::size_t i = 0; i < count; ++i) {
      const auto at = offset + i * 32;
      if (read<Ip>(row_, at) > read<Ip>(row_, at + 16)) return "holds a range that ends before it begins";
      if (i > 0 && read<Ip>(row_, at - 16) >= read<Ip>(row_, at)) return "is not sorted";
    }
    return "";
  }
  std::string window(std::size_t offset) const {
    if (!fits(offset, 1, 16, 8)) return "points outside the row";
    const auto count = read<std::uint32_t>(row_, offset + 8), offsets = read<std::uint32_t>(row_, offset + 12);
    if (!fits(offsets, count, 16, 8)) return "points outside the row";
    if (read<std::uint16_t>(row_, offset) > 1'440 || read<std::uint16_t>(row_, offset + 2) > 1'440)
      return "is a window past the day's end";
    if (read<std::uint32_t>(row_, offset + 4) > 0x7f) return "is a window on days there are not";
    if (count == 0 || read<std::int64_t>(row_, offsets) != INT64_MIN) return "is a window whose zone has no beginning";
    for (std::size_t i = 0; i < count; ++i) {
      const auto at = offsets + i * 16;
      const auto east = read<std::int32_t>(row_, at + 8);
      if (east < -93'600 || east > 93'600) return "is a window whose zone is over 26 hours off";
      if (i > 0 && read<std::int64_t>(row_, at - 16) >= read<std::int64_t>(row_, at)) return "is not sorted";
    }
    return "";
  }

  std::span<const std::byte> row_;
};

}  // namespace

std::string verify(const Shape& shape, std::span<const std::byte> row) {
  if (row.size() < shape.slots.size() * 8) return "the row is shorter than its slots";
  if (row.size() > UINT32_MAX) return "the row is over 4 GiB";
  if (reinterpret_cast<std::uintptr_t>(row.data()) % 8 != 0) return "the row is not aligned to 8 bytes";
  const Checker checker(row);
  std::set<std::pair<SlotKind, std::uint64_t>> seen;  // what several slots point at is looked through once
  for (std::size_t i = 0; i < shape.slots.size(); ++i) {
    if (!seen.emplace(shape.slots[i], read<std::uint64_t>(row, i * 8)).second) continue;
    if (auto wrong = checker.slot(shape.slots[i], i); !wrong.empty()) return "slot $" + std::to_string(i) + " " + wrong;
  }
  return "";
}

// ---------------------------------------------------------------- printing

namespace {

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n')
      result += "\\n";
    else
      result += c;
  }
  return result + '"';
}

std::string clock(std::uint16_t minutes) {
  const auto two = [](unsigned value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  return two(minutes / 60u) + ":" + two(minutes % 60u);
}

std::string window_text(std::span<const std::byte> row, std::size_t at) {
  std::string text = clock(read<std::uint16_t>(row, at)) + ".." + clock(read<std::uint16_t>(row, at + 2)) + " on";
  constexpr std::array<std::string_view, 7> days = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  for (std::size_t i = 0; i < 7; ++i)
    if (read<std::uint8_t>(row, at + 4) >> i & 1) text += " " + std::string(days[i]);
  const auto count = read<std::uint32_t>(row, at + 8), offsets = read<std::uint32_t>(row, at + 12);
  text += " offset " + std::to_string(read<std::int32_t>(row, offsets + 8)) + "s";
  return count > 1 ? text + " and " + std::to_string(count - 1) + " changes" : text;
}

std::string slot_text(SlotKind kind, std::span<const std::byte> row, std::uint32_t slot) {
  const auto word = read<std::uint64_t>(row, std::size_t{slot} * 8);
  const auto offset = static_cast<std::uint32_t>(word), count = static_cast<std::uint32_t>(word >> 32);
  const auto text = [&](std::size_t at, std::size_t size) {
    return quoted({reinterpret_cast<const char*>(row.data()) + at, size});
  };
  std::string list;
  const auto item = [&](const std::string& one) { list += (list.empty() ? "" : ", ") + one; };
  switch (kind) {
  case SlotKind::boolean: return word != 0 ? "true" : "false";
  case SlotKind::integer: return std::to_string(static_cast<std::int64_t>(word));
  case SlotKind::string:
  case SlotKind::glob:
  case SlotKind::regex: return text(offset, count);
  case SlotKind::ip: return to_text(read<Ip>(row, offset));
  case SlotKind::bits:
    for (std::size_t i = 0; i < std::size_t{count} * 64; ++i)
      if (writ_in_bits(row.data(), slot, static_cast<std::int64_t>(i))) item(std::to_string(i));
    return "{" + list + "}";
  case SlotKind::ints:
    for (std::size_t i = 0; i < count; ++i) item(std::to_string(read<std::int64_t>(row, offset + i * 8)));
    return "[" + list + "]";
  case SlotKind::strings:
    for (std::size_t i = 0; i < count; ++i)
      item(text(read<std::uint32_t>(row, offset + i * 8), read<std::uint32_t>(row, offset + i * 8 + 4)));
    return "[" + list + "]";
  case SlotKind::cidrs:
    for (std::size_t i = 0; i < count; ++i)
      item(to_text(read<Ip>(row, offset + i * 32)) + "-" + to_text(read<Ip>(row, offset + i * 32 + 16)));
    return "[" + list + "]";
  case SlotKind::window: return window_text(row, offset);
  }
  return "";
}

}  // namespace

std::string print(const Shape& shape, std::span<const std::byte> row) {
  if (const auto wrong = verify(shape, row); !wrong.empty()) return "broken row: " + wrong + "\n";
  std::string text;
  for (std::uint32_t i = 0; i < shape.slots.size(); ++i) {
    const auto kind = shape.slots[i];
    text += "$" + std::to_string(i) + " = " + std::string(slot_kind_names[static_cast<std::size_t>(kind)]) + " " +
            slot_text(kind, row, i) + "\n";
  }
  return text;
}

}  // namespace writ::program
