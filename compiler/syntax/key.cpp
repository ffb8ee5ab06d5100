// A rule's key: its name, or a short hash of what it says. Eight hex digits are for people to tell rules apart; that two
// texts of one owner do not share a key is checked where ids are made.
#include "compiler/syntax/syntax.h"

#include <array>

#include <fmt/format.h>
#include <openssl/sha.h>

namespace writ {

std::string rule_key(const tree::Tree& tree, const tree::Rule& rule) {
  const auto effect = rule_effect_names[static_cast<std::size_t>(rule.effect)];
  if (rule.name) return fmt::format("{} {}", effect, rule.name->text);
  const auto text = canonical(tree, rule);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return fmt::format("{}~{:02x}{:02x}{:02x}{:02x}", effect, digest[0], digest[1], digest[2], digest[3]);
}

}  // namespace writ
