// Reading is bounded: a megabyte of text at a time, and a line of no more than a hundred bytes.
#include "runtime/password/pwned.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace writ::password {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t digits_of_sha1 = 40, digits_of_ntlm = 32, digits_of_range = 5, longest_line = 100;
constexpr std::uint32_t ranges = 1 << 20;

constexpr std::array<std::int8_t, 256> digit_values = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (int i = 0; i < 10; ++i) values[static_cast<std::size_t>('0' + i)] = static_cast<std::int8_t>(i);
  for (int i = 0; i < 6; ++i)
    values[static_cast<std::size_t>('A' + i)] = values[static_cast<std::size_t>('a' + i)] =
        static_cast<std::int8_t>(10 + i);
  return values;
}();
int digit(char c) { return digit_values[static_cast<unsigned char>(c)]; }

std::size_t leading_digits(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && digit(text[count]) >= 0) ++count;
  return count;
}

// Decimal digits and nothing else; what does not fit is the most that does.
bool read_count(std::string_view text, std::uint32_t& value) {
  std::uint64_t read = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    read = std::min<std::uint64_t>(read * 10 + static_cast<std::uint64_t>(c - '0'), UINT32_MAX);
  }
  value = static_cast<std::uint32_t>(read);
  return !text.empty();
}

}  // namespace

std::string hex_digits(std::uint32_t number, std::size_t count) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text(count, '0');
  for (std::size_t i = count; i-- > 0; number >>= 4) text[i] = digits[number & 15];
  return text;
}

PwnedText::PwnedText(std::string_view prefix) : prefix_(prefix) {}

std::string PwnedText::wrong(std::string_view line) const {
  const std::string where = "line " + std::to_string(lines_) + ": ";
  const std::size_t wanted = digits_of_sha1 - prefix_.size(), seen = leading_digits(line);
  const std::string form = std::to_string(wanted) + " hexadecimal digits, `:` and a count";
  if (prefix_.empty() && seen == digits_of_ntlm && line.size() > seen && line[seen] == ':')
    return where + "a hash of 32 digits: this is the NTLM list; Writ takes the one of SHA-1 hashes";
  if (line.size() > longest_line)
    return where + "a line of more than " + std::to_string(longest_line) + " bytes; wanted " + form;
  if (line.empty()) return where + "an empty line; wanted " + form;
  if (seen == wanted && line.size() == seen) return where + "no count; wanted " + form;
  return where +
         (seen == wanted ? "what follows the hash is no count" : "the hash has " + std::to_string(seen) + " digits") +
         "; wanted " + form;
}

std::string PwnedText::add_line(std::string_view line, std::vector<PwnedHash>& found) {
  ++lines_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::size_t wanted = digits_of_sha1 - prefix_.size();
  PwnedHash one;
  if (line.size() <= wanted || line.size() > longest_line || line[wanted] != ':' ||
      !read_count(line.substr(wanted + 1), one.times))
    return wrong(line);
  const auto digit_at = [&](std::size_t i) {
    return digit(i < prefix_.size() ? prefix_[i] : line[i - prefix_.size()]);
  };
  for (std::size_t i = 0; i < one.hash.size(); ++i) {
    const int high = digit_at(2 * i), low = digit_at(2 * i + 1);
    if (high < 0 || low < 0) return wrong(line);
    one.hash[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  if (one.times == 0) return {};
  if (any_ && one.hash <= last_)
    return "line " + std::to_string(lines_) +
           ": the hash is not above the one before; wanted the list that is ordered by hash";
  last_ = one.hash;
  any_ = true;
  found.push_back(one);
  return {};
}

std::string PwnedText::add(std::string_view piece, std::vector<PwnedHash>& found) {
  while (!piece.empty()) {
    const auto end = piece.find('\n');
    if (end == piece.npos) {
      if (rest_.size() + piece.size() > longest_line + 1) {  // one may be a CR
        ++lines_;
        return wrong(rest_ + std::string(piece.substr(0, longest_line + 2)));
      }
      rest_ += piece;
      return {};
    }
    std::string problem;
    if (rest_.empty()) {
      problem = add_line(piece.substr(0, end), found);
    } else {
      rest_ += piece.substr(0, std::min(end, longest_line + 2));
      problem = add_line(rest_, found);
      rest_.clear();
    }
    if (!problem.empty()) return problem;
    piece.remove_prefix(end + 1);
  }
  return {};
}

std::string PwnedText::finish(std::vector<PwnedHash>& found) {
  if (rest_.empty()) return {};
  const std::string line = std::move(rest_);
  rest_.clear();
  return add_line(line, found);
}

namespace {

// An open file, read in pieces.
class Source {
 public:
  explicit Source(int file) : file_(file) {}
  ~Source() {
    if (file_ > STDIN_FILENO) ::close(file_);
  }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  // Bytes read, 0 at the end, -1 with errno.
  ssize_t read(std::span<char> room) const {
    for (;;) {
      const ssize_t size = ::read(file_, room.data(), room.size());
      if (size >= 0 || errno != EINTR) return size;
    }
  }

 private:
  int file_;
};

struct Buffers {
  std::vector<char> text = std::vector<char>(1 << 20);
  std::vector<PwnedHash> found;
};

std::string quoted(const std::string& path) { return path == "-" ? "standard input" : "`" + path + "`"; }
PwnedProblem by_system(const std::string& path, int error) {
  return {false, "cannot read " + quoted(path) + ": " + std::strerror(error)};
}

// One file to its end. `done` counts bytes.
PwnedProblem read_text(int descriptor, const std::string& path, std::string_view prefix, Buffers& buffers,
                       const PwnedSink& sink, const std::function<void(std::uint64_t)>& progress) {
  const Source source(descriptor);
  PwnedText text(prefix);
  std::uint64_t done = 0;
  for (bool more = true; more;) {
    const ssize_t size = source.read(buffers.text);
    if (size < 0) return by_system(path, errno);
    buffers.found.clear();
    more = size > 0;
    const std::string problem = more ? text.add({buffers.text.data(), static_cast<std::size_t>(size)}, buffers.found)
                                     : text.finish(buffers.found);
    if (!problem.empty()) return {true, quoted(path) + ", " + problem};
    if (const std::string refused = sink.take(buffers.found); !refused.empty()) return {false, refused};
    progress(done += static_cast<std::uint64_t>(size));
  }
  return {};
}

// Which ranges have a file, named `ABCDE.txt` or `ABCDE`, the same way all of them. Other files are let be.
struct Ranges {
  std::string ending;
  std::vector<bool> there = std::vector<bool>(ranges);
  std::uint32_t count = 0;
};

std::optional<std::uint32_t> range_of(std::string_view name) {
  if (name.size() != digits_of_range) return std::nullopt;
  std::uint32_t range = 0;
  for (const char c : name) {
    if (digit(c) < 0 || (c >= 'a' && c <= 'f')) return std::nullopt;
    range = range << 4 | static_cast<std::uint32_t>(digit(c));
  }
  return range;
}

PwnedProblem list_ranges(const std::string& folder, Ranges& found) {
  std::error_code failed;
  for (auto entry = fs::directory_iterator(folder, failed); !failed && entry != fs::end(entry);
       entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    const auto range = range_of(std::string_view(name).substr(0, std::min(name.size(), digits_of_range)));
    const std::string ending = name.substr(std::min(name.size(), digits_of_range));
    if (!range || (!ending.empty() && ending != ".txt")) continue;
    if (found.count > 0 && ending != found.ending)
      return {true, quoted(folder) + " has files named both ways, as in `00000` and `00000.txt`; wanted one"};
    found.ending = ending;
    found.there[*range] = true;
    ++found.count;
  }
  return failed ? PwnedProblem{false, "cannot read " + quoted(folder) + ": " + failed.message()} : PwnedProblem{};
}

PwnedProblem read_folder(const std::string& folder, bool incomplete, const PwnedSink& sink) {
  Ranges found;
  if (PwnedProblem problem = list_ranges(folder, found); !problem.text.empty()) return problem;
  if (found.count == 0) return {true, quoted(folder) + " has no files named after ranges, as in `00000.txt`"};
  if (found.count < ranges && !incomplete) {
    const auto missing = std::ranges::find(found.there, false) - found.there.begin();
    return {true, quoted(folder) + " has no file for range " +
                      hex_digits(static_cast<std::uint32_t>(missing), digits_of_range) + ", and " +
                      std::to_string(ranges - found.count) + " of " + std::to_string(ranges) +
                      " are missing: the download is not complete; --incomplete takes what is there"};
  }
  Buffers buffers;
  for (std::uint32_t range = 0; range < ranges; ++range) {
    if (!found.there[range]) continue;
    const std::string name = hex_digits(range, digits_of_range),
                      path = (fs::path(folder) / (name + found.ending)).string();
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return by_system(path, errno);
    if (PwnedProblem problem = read_text(file, path, name, buffers, sink, [](std::uint64_t) {}); !problem.text.empty())
      return problem;
    sink.progress(range + 1, ranges);
  }
  return {};
}

}  // namespace

PwnedProblem read_pwned(const std::string& path, bool incomplete, const PwnedSink& sink) {
  Buffers buffers;
  if (path == "-")
    return read_text(STDIN_FILENO, path, {}, buffers, sink, [&](std::uint64_t done) { sink.progress(done, 0); });
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return by_system(path, errno);
  if (S_ISDIR(status.st_mode)) return read_folder(path, incomplete, sink);
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return by_system(path, errno);
  const auto total = static_cast<std::uint64_t>(status.st_size);
  return read_text(file, path, {}, buffers, sink, [&](std::uint64_t done) { sink.progress(done, total); });
}

}  // namespace writ::password
