// What was asked, what was expected and what came of it, in the words of a test.
#pragma once

#include "compiler/check/check.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/password.h"

#include <string>
#include <vector>

namespace writ::testing {

// `A or B` as the challenge's list writes it.
std::string entry_text(const tree::Tree& tree, const std::vector<tree::Obligation>& alternatives);
std::string expected_text(const tree::Tree& tree, const tree::Expect& expect);
std::string asked_text(const PasswordQuestion& question, const tree::PasswordLine& line);
std::string got_text(const Explanation& decision);
std::string got_text(const PasswordReport& report);
// What of the report would have to be otherwise.
std::vector<std::string> unmet(const PasswordReport& report);
// " { request.ip = 10.0.0.1; without request.country }"; empty without facts.
std::string facts_text(const tree::Tree& tree, const std::vector<tree::FactAssign>& facts);

}  // namespace writ::testing
