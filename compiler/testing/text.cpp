// See text.h. What stands in a policy is not made safe for a terminal here: whoever prints does that.
#include "compiler/testing/text.h"

#include "compiler/syntax/syntax.h"

#include <fmt/format.h>

namespace writ::testing {

std::string entry_text(const tree::Tree& tree, const std::vector<tree::Obligation>& alternatives) {
  std::string text;
  for (const tree::Obligation& one : alternatives) text += (text.empty() ? "" : " or ") + canonical(tree, one);
  return text;
}

std::string expected_text(const tree::Tree& tree, const tree::Expect& expect) {
  std::string text = expect.would_be ? "would_be " + expect.effect.text : expect.effect.text;
  for (std::size_t i = 0; i < expect.obligations.size(); ++i)
    text += (i == 0 ? " " : ", ") + entry_text(tree, expect.obligations[i]);
  const bool of_password = expect.of_password();
  for (std::size_t i = 0; i < expect.by.size(); ++i)
    text +=
        fmt::format("{}{}", i == 0 ? " by " : ", ", of_password ? expect.by[i].text : "\"" + expect.by[i].text + "\"");
  if (expect.fault) text += " fault " + expect.fault->text;
  return text;
}

std::string asked_text(const PasswordQuestion& question, const tree::PasswordLine& line) {
  return fmt::format("password \"{}\" for {}.{} at {}", line.password.text, question.tenant, question.connection,
                     password_event_names[static_cast<std::size_t>(question.event)]);
}

std::string got_text(const PasswordReport& report) {
  if (report.fault != PasswordFault::none)
    return fmt::format("refused fault {} ({})", password_fault_names[static_cast<std::size_t>(report.fault)],
                       describe(report.fault));
  std::string text = report.accepted ? "accepted" : "refused by";
  for (std::size_t i = 0; i < report.requirements.size(); ++i)
    if (!report.meets(i))
      text += fmt::format("{}{}", text.ends_with(" by") ? " " : ", ",
                          password_check_names[static_cast<std::size_t>(report.requirements[i].check)]);
  return text;
}

std::vector<std::string> unmet(const PasswordReport& report) {
  std::vector<std::string> list;
  for (std::size_t i = 0; i < report.requirements.size(); ++i) {
    const auto& one = report.requirements[i];
    if (report.meets(i)) continue;
    const auto missing = missing_text(report, one);
    list.push_back(
        fmt::format("{}{}  {}, {}", describe(one), missing.empty() ? "" : " (" + missing + ")", one.origin, one.place));
  }
  return list;
}

std::string got_text(const Explanation& decision) {
  std::string text(effect_names[static_cast<std::size_t>(decision.effect)]);
  for (std::size_t i = 0; i < decision.obligations.size(); ++i) text += (i == 0 ? " " : ", ") + decision.obligations[i];
  for (std::size_t i = 0; i < decision.reasons.size(); ++i)
    text +=
        fmt::format("{}{}", i == 0 ? " by " : ", ",
                    decision.reasons[i].name.empty() ? decision.reasons[i].id : "\"" + decision.reasons[i].name + "\"");
  if (decision.because == Because::fault)
    text += fmt::format(" fault {}", fault_names[static_cast<std::size_t>(decision.fault)]);
  else if (decision.because != Because::rules)
    text += fmt::format(" by {}", because_names[static_cast<std::size_t>(decision.because)]);
  if (!decision.detail.empty()) text += " (" + decision.detail + ")";
  if (decision.would_be != decision.effect)
    text += fmt::format(", would be {}", effect_names[static_cast<std::size_t>(decision.would_be)]);
  return text;
}

std::string facts_text(const tree::Tree& tree, const std::vector<tree::FactAssign>& facts) {
  std::string text;
  for (const auto& fact : facts) {
    std::string name;
    for (const auto& part : fact.path) name += (name.empty() ? "" : ".") + part.text;
    text += (text.empty() ? " { " : "; ");
    text += fact.value == tree::ExprId::none ? "without " + name : name + " = " + canonical(tree, fact.value);
  }
  return text.empty() ? text : text + " }";
}

}  // namespace writ::testing
