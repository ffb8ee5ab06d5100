#include "runtime/password/common.h"

#include "runtime/password/list_file.h"
#include "runtime/password/new_file.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <vector>

#include <openssl/crypto.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace writ::password {

namespace {

constexpr Magic magic = {'W', 'R', 'I', 'T', 'C', 'M', 'N', '\n'};

struct Header {
  ListStart start{.magic = password::magic, .header_size = 80};
  std::uint32_t entries = 0;
  std::uint32_t slots = 0;   // a power of two
  std::uint32_t probes = 0;  // the most that finding any password takes
  std::uint32_t reserved = 0;
  std::uint64_t text = 0;  // bytes
  Sha256 digest{};         // of all else
};
static_assert(sizeof(Header) == 80 && offsetof(Header, digest) == 48);

std::uint32_t slot_of(std::string_view text, std::uint32_t slots) {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a, and a last mixing
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  hash = (hash ^ hash >> 32) * 0x9e3779b97f4a7c15U;
  return static_cast<std::uint32_t>(hash >> 32) & (slots - 1);
}

std::string check_header(const Header& header, std::span<const std::uint8_t> bytes) {
  const std::uint64_t numbers = (std::uint64_t{header.entries} + header.slots) * sizeof(std::uint32_t);
  if (header.entries == 0 || header.entries > most_common || !std::has_single_bit(header.slots) ||
      header.slots <= header.entries || bytes.size() - sizeof(Header) < numbers ||
      bytes.size() - sizeof(Header) - numbers != header.text)
    return "its header is damaged";
  Hasher hasher(Hasher::Kind::sha256);
  hasher.add(bytes.first(offsetof(Header, digest))).add(bytes.subspan(sizeof(Header)));
  if (hasher.sha256() != header.digest) return "its checksum is wrong: it is damaged";
  return {};
}

}  // namespace

std::optional<std::string_view> to_lower(std::string_view text, std::span<char> room) noexcept {
  constexpr UChar32 dotted_i = 0x130;  // its lower case is two code points, i and a dot above
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int32_t>(text.size());
  std::size_t made = 0;
  for (std::int32_t at = 0; at < size;) {
    const auto c = text[static_cast<std::size_t>(at)];
    if (made + U8_MAX_LENGTH > room.size()) return std::nullopt;
    if ((static_cast<unsigned char>(c) & 0x80) == 0) {
      room[made++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
      ++at;
      continue;
    }
    const std::int32_t begin = at;
    UChar32 point = 0;
    U8_NEXT(bytes, at, size, point);
    if (point == dotted_i) {
      for (const char part : {'i', '\xcc', '\x87'}) room[made++] = part;
    } else if (point < 0) {  // not UTF-8: as it is
      for (std::int32_t i = begin; i < at; ++i) room[made++] = text[static_cast<std::size_t>(i)];
    } else {
      std::size_t width = 0;
      U8_APPEND_UNSAFE(reinterpret_cast<std::uint8_t*>(room.data() + made), width, u_tolower(point));
      made += width;
    }
  }
  return std::string_view(room.data(), made);
}

std::string CommonList::open(const std::string& path) {
  Mapped file;
  if (std::string problem = file.open(path); !problem.empty()) return problem;
  if (std::string problem = read(file.bytes()); !problem.empty()) return problem;
  file_ = std::move(file);
  return {};
}
std::string CommonList::open(std::span<const std::uint8_t> bytes) { return read(bytes); }

std::string CommonList::read(std::span<const std::uint8_t> bytes) {
  Header header;
  if (std::string problem = check_start(bytes, alignof(std::uint32_t), sizeof(Header), {magic}, "writ common build");
      !problem.empty())
    return problem;
  std::memcpy(&header, bytes.data(), sizeof(Header));
  if (std::string problem = check_header(header, bytes); !problem.empty()) return problem;
  const auto* const numbers = reinterpret_cast<const std::uint32_t*>(bytes.data() + sizeof(Header));
  const std::span ends(numbers, header.entries), table(numbers + header.entries, header.slots);
  const bool good = std::ranges::is_sorted(ends) && ends.back() == header.text &&
                    std::ranges::all_of(table, [&](std::uint32_t rank) { return rank <= header.entries; });
  if (!good) return "it contradicts itself";
  ends_ = ends;
  table_ = table;
  text_ = {reinterpret_cast<const char*>(bytes.data() + bytes.size() - header.text), header.text};
  probes_ = std::min(header.probes, header.slots);
  return {};
}

std::string_view CommonList::entry(std::uint32_t rank) const {
  const std::uint32_t begin = rank == 1 ? 0 : ends_[rank - 2];
  return text_.substr(begin, ends_[rank - 1] - begin);
}

std::uint32_t CommonList::rank(std::string_view password) const noexcept {
  if (!is_open() || password.empty() || password.size() > 2 * longest_common) return 0;
  std::array<char, 2 * longest_common + U8_MAX_LENGTH> room;
  const auto lower = to_lower(password, room);
  std::uint32_t found = 0;
  if (lower && lower->size() <= longest_common) {
    std::uint32_t slot = slot_of(*lower, static_cast<std::uint32_t>(table_.size()));
    for (std::uint32_t i = 0; i < probes_ && table_[slot] != 0; ++i) {
      if (entry(table_[slot]) == *lower) {
        found = table_[slot];
        break;
      }
      slot = (slot + 1) & (static_cast<std::uint32_t>(table_.size()) - 1);
    }
  }
  OPENSSL_cleanse(room.data(), std::min(room.size(), password.size() * 3 / 2 + U8_MAX_LENGTH));
  return found;
}

namespace {

struct Making {
  std::vector<std::uint32_t> ends, table;
  std::string text;
  std::uint32_t probes = 0;

  std::string_view entry(std::uint32_t rank) const {
    const std::uint32_t begin = rank == 1 ? 0 : ends[rank - 2];
    return std::string_view(text).substr(begin, ends[rank - 1] - begin);
  }
  // False: an earlier one equals it.
  bool place(std::string_view lower, std::uint32_t rank) {
    const auto slots = static_cast<std::uint32_t>(table.size());
    std::uint32_t slot = slot_of(lower, slots), taken = 1;
    for (; table[slot] != 0; ++taken) {
      if (entry(table[slot]) == lower) return false;
      slot = (slot + 1) & (slots - 1);
    }
    table[slot] = rank;
    probes = std::max(probes, taken);
    return true;
  }
};

// The lines that are entries, the first `top` of them.
std::vector<std::string_view> entries_of(std::string_view list, std::uint32_t top) {
  std::vector<std::string_view> entries;
  while (!list.empty() && entries.size() < top) {
    std::string_view line = list.substr(0, list.find('\n'));
    list.remove_prefix(std::min(list.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty() && !line.starts_with("#!comment")) entries.push_back(line);
  }
  return entries;
}

std::string write(const Making& making, const std::string& path, std::uint64_t& size) {
  const std::array pieces = {bytes_of(std::span(making.ends)), bytes_of(std::span(making.table)),
                             bytes_of(std::span(making.text))};
  Header header;
  header.entries = static_cast<std::uint32_t>(making.ends.size());
  header.slots = static_cast<std::uint32_t>(making.table.size());
  header.probes = making.probes;
  header.text = making.text.size();
  header.start.file_size = sizeof(Header);
  for (const auto& piece : pieces) header.start.file_size += piece.size();
  Hasher hasher(Hasher::Kind::sha256);
  hasher.add(bytes_of(std::span(&header, 1)).first(offsetof(Header, digest)));
  for (const auto& piece : pieces) hasher.add(piece);
  header.digest = hasher.sha256();
  size = header.start.file_size;
  NewFile file;
  if (std::string problem = file.create(path); !problem.empty()) return problem;
  if (std::string problem = file.write(bytes_of(std::span(&header, 1))); !problem.empty()) return problem;
  for (const auto& piece : pieces)
    if (std::string problem = file.write(piece); !problem.empty()) return problem;
  return file.commit();
}

}  // namespace

CommonMade make_common(std::string_view list, std::uint32_t top, const std::string& path) {
  CommonMade made;
  const auto entries = entries_of(list, std::min(top, most_common));
  if (entries.empty()) made.problem = "there are no passwords in it";
  if (!made.problem.empty()) return made;
  Making making;
  making.table.resize(std::bit_ceil(2 * entries.size()));
  std::array<char, longest_common + U8_MAX_LENGTH> room;
  for (const std::string_view one : entries) {
    const auto lower = to_lower(one, room);
    if (!lower || lower->size() > longest_common) {
      made.problem = "password " + std::to_string(making.ends.size() + 1) + " has more than " +
                     std::to_string(longest_common) + " bytes; is it a list of one password a line?";
      return made;
    }
    if (making.place(*lower, static_cast<std::uint32_t>(making.ends.size() + 1))) making.text += *lower;
    making.ends.push_back(static_cast<std::uint32_t>(making.text.size()));
  }
  made.entries = static_cast<std::uint32_t>(entries.size());
  made.problem = write(making, path, made.bytes);
  return made;
}

}  // namespace writ::password
