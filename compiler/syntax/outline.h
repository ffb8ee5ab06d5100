// The top of a text, without parsing it: which tenants it declares or extends, its tests and proofs, what it imports, and everything else.
// Who compares two policy sets need not parse what is written in both; of ten thousand tenants that is nearly all. Of a tenant with many
// organizations neither: those that hold nothing but settings are told apart, too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ {

struct Outline {
  enum class Kind : std::uint8_t { tenant, extension, example, import };  // a test or a proof is an example
  // An organization that no rule, let or password stands in: what it says is said of it alone, and it is in nobody's program.
  struct Organization {
    std::string name;
    std::size_t begin = 0, end = 0;
  };
  struct Piece {
    Kind kind{};
    std::string name;                // of the tenant, or the path of an import
    std::size_t begin = 0, end = 0;  // bytes of the text
    std::vector<Organization> organizations{};
  };
  std::vector<Piece> pieces;  // in order
};

// Nothing when anything at the top does not look as it should: whoever asks then parses the whole text. What is between two pieces is for
// the parser, too.
std::optional<Outline> outline(std::string_view text);

// Bytes [begin, end) with comments left out and every stretch of blanks made one: equal for texts that mean the same to the parser.
// `text` is one that has an outline.
std::string without_comments(std::string_view text, std::size_t begin, std::size_t end);
// From the first of them that says anything to the last: blanks and comments around are left out.
std::string_view without_margins(std::string_view text, std::size_t begin, std::size_t end);

}  // namespace writ
