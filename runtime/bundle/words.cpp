#include "runtime/bundle/words.h"

#include "runtime/password/mapped.h"

#include <charconv>

namespace writ::bundle {

Problem read_text(const std::string& path, std::string& text) {
  constexpr std::size_t most = std::size_t{1} << 20;
  password::Mapped file;
  auto wrong = file.open(path);
  if (wrong.empty() && file.bytes().size() > most) wrong = "it is too large";
  if (!wrong.empty()) return {Reason::unreadable, "cannot read `" + path + "`: " + wrong};
  text.assign(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  return {};
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::vector<std::string_view> words_of(std::string_view line) {
  constexpr auto blanks = " \t\r";
  std::vector<std::string_view> words;
  for (auto at = line.find_first_not_of(blanks); at != line.npos;) {
    const auto end = std::min(line.find_first_of(blanks, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(blanks, end);
  }
  return words;
}

std::optional<std::uint64_t> number_of(std::string_view word) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc{} || std::to_string(number) != word) return std::nullopt;
  return number;
}

bool from_hex(std::string_view word, std::span<std::uint8_t> bytes) {
  const auto value = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
  if (word.size() != bytes.size() * 2) return false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int high = value(word[2 * i]), low = value(word[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

bool from_hex(std::string_view word, std::vector<std::uint8_t>& bytes) {
  constexpr std::size_t most = 256;
  if (word.size() / 2 > most) return false;
  bytes.resize(word.size() / 2);
  return from_hex(word, std::span(bytes));
}

}  // namespace writ::bundle
