// The lists that Have I Been Pwned gives away, read as a stream of hashes in ascending order: one file of lines
// `40 HEXADECIMAL DIGITS:COUNT`, or a folder of 1,048,576 files, one for each first five digits, of lines `35 DIGITS:COUNT`.
//
// What is not in that form is refused with its line: a list that was cut, sorted by count, or of NTLM hashes would make a list that
// knows less than it should.
#pragma once

#include "runtime/password/digest.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::password {

struct PwnedHash {
  Sha1 hash{};
  std::uint32_t times = 0;  // more than fits is the most that does
};

// The last `count` hexadecimal digits of a number, as the lists write them.
std::string hex_digits(std::uint32_t number, std::size_t count);

// Text of one file, piece by piece. Lines end with LF or CRLF, the last one perhaps with nothing. Lines of count 0 are padding
// and left out.
class PwnedText {
 public:
  // The digits that the file's name stands for: none, or five.
  explicit PwnedText(std::string_view prefix = {});
  // Each says what is wrong, or nothing. Hashes are appended to `found`.
  std::string add(std::string_view piece, std::vector<PwnedHash>& found);
  std::string finish(std::vector<PwnedHash>& found);
  std::uint64_t lines() const { return lines_; }

 private:
  std::string add_line(std::string_view line, std::vector<PwnedHash>& found);
  std::string wrong(std::string_view line) const;

  std::string prefix_, rest_;
  std::uint64_t lines_ = 0;
  Sha1 last_{};
  bool any_ = false;
};

struct PwnedSink {
  // Takes hashes in ascending order; says why it wants no more, or nothing.
  std::function<std::string(std::span<const PwnedHash>)> take;
  // How far it is: bytes of `total` of a file (total 0: unknown), files of a folder.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress = [](std::uint64_t, std::uint64_t) {};
};

struct PwnedProblem {
  bool of_input = false;  // what is wrong is the text; else the system refused something, or the sink did
  std::string text;       // nothing: all was read
};

// `path` is a file, a folder or `-`, standard input. Of a folder, ranges without a file are an error unless `incomplete`.
PwnedProblem read_pwned(const std::string& path, bool incomplete, const PwnedSink& sink);

}  // namespace writ::password
