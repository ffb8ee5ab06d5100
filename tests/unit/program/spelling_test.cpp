// Names of hosts and addresses of mail, against the rules written out character by character.
#include "runtime/program/spelling.h"
#include "tests/support/exact.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace writ;

namespace {

bool plain_label(std::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
  for (const char c : label)
    if (c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')) return false;
  return true;
}
bool plain_labels(std::string_view text) {
  if (text.size() > 253) return false;
  for (;;) {
    const auto dot = text.find('.');
    if (!plain_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}
bool plain_domain(const std::string& text) { return plain_labels(text) && lower_case(text) == text; }
bool plain_mail(std::string_view text) {
  const auto at = text.rfind('@');
  return at == std::string_view::npos || plain_labels(text.substr(at + 1));
}

void same(const std::string& text, std::size_t& wrong) {
  const support::Exact exact(text), mail("ann@" + text);
  const bool right = is_domain(*exact) == plain_domain(text) && is_mail(*exact) == plain_mail(text) &&
                     is_mail(*mail) == plain_mail("ann@" + text);
  if (!right) {
    UNSCOPED_INFO(text);
    ++wrong;
  }
}

}  // namespace

TEST_CASE("labels are read as they are written down, in every short text of what matters") {
  constexpr std::string_view letters = "aZ7-._@";
  std::size_t wrong = 0;
  std::vector<std::string> texts = {""};
  for (std::size_t size = 0; size <= 5; ++size) {
    std::vector<std::string> longer;
    for (const auto& text : texts) {
      same(text, wrong);
      for (const char c : letters) longer.push_back(text + c);
    }
    texts = std::move(longer);
  }
  CHECK(wrong == 0);
}

TEST_CASE("every byte is a character of a label or is not, wherever it stands") {
  std::size_t wrong = 0;
  for (int byte = 0; byte < 256; ++byte)
    for (std::size_t at = 0; at < 11; ++at) {
      std::string text = "acme.exampl";
      text[at] = static_cast<char>(byte);
      same(text, wrong);
    }
  CHECK(wrong == 0);
}

TEST_CASE("labels have 63 characters and names 253 at most") {
  std::size_t wrong = 0;
  for (std::size_t first = 60; first < 67; ++first)
    for (std::size_t count = 1; count < 5; ++count)
      for (std::size_t last = 0; last < 67; ++last) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) text += std::string(first, 'x') + ".";
        same(text + std::string(last, 'y'), wrong);
      }
  CHECK(wrong == 0);
  CHECK(is_domain(std::string(63, 'x')));
  CHECK_FALSE(is_domain(std::string(64, 'x')));
}
