// Password policies: presets written out, requirements compared, the effective policy of a connection.
#pragma once

#include "compiler/check/platform.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::check {

// The platform's own: literals that mean something, parents that exist, no circles.
void check_password_declarations(Run& run, const Platform& platform);

// A preset as requirements, each with the preset's place; nothing, and an error, when there is none of that name.
std::vector<tree::Requirement> expand_preset(Run& run, const Scope& scope, const tree::Tree& tree,
                                             const tree::PasswordPreset& preset);

// What it refuses by, as reports name it; nothing for what is not asked of a new password.
std::vector<PasswordCheck> checks_of(const tree::Requirement& requirement);
// "length 12..", as an author writes it.
std::string requirement_text(const tree::Requirement& requirement);
// Is every password that `a` accepts one that `b` accepts?
bool implies(const tree::Requirement& a, const tree::Requirement& b);
// The floor asks for more of the same kind than `literal` does: what that is, in words, or nothing.
bool weaker(const tree::Requirement& literal, const tree::Requirement& floor);
// Together they leave no password: why, or empty.
std::string contradiction(const tree::Requirement& a, const tree::Requirement& b);
// A literal that means nothing by itself: why, or empty.
std::string malformed(const tree::Requirement& requirement);

}  // namespace writ::check
