// The file is for people first: what differs between two versions of it is what a reviewer reads.
//
//   writ snapshot 1
//
//   test "who gets in where"
//     login to acme.admin via staff with outside
//       deny
//       by "acme/deny admin console is office only"
//       would be allow
#include "compiler/testing/snapshot.h"

#include "runtime/password/new_file.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>

#include <fmt/format.h>

namespace writ::testing {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view header = "writ snapshot 1";

// ---------------------------------------------------------------- lines

// On one line, whatever is in it.
std::string one_line(std::string_view text) {
  std::string result;
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20)
      result += c == '\n' ? "\\n" : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      result += c;
  return result;
}

std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += one_line({&c, 1});
  }
  return result + '"';
}

std::optional<std::string> unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') return std::nullopt;
    if (text[i] != '\\') {
      result += text[i];
      continue;
    }
    if (++i == text.size()) return std::nullopt;
    if (text[i] == 'n') {
      result += '\n';
    } else if (text[i] == 'x' && i + 2 < text.size()) {
      const auto digit = [](char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
      };
      const int high = digit(text[i + 1]), low = digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      result += static_cast<char>(high * 16 + low);
      i += 2;
    } else if (text[i] == '"' || text[i] == '\\') {
      result += text[i];
    } else {
      return std::nullopt;
    }
  }
  return result;
}

constexpr std::array<std::string_view, 5> effects = {"allow", "challenge", "deny", "accepted", "refused"};

// One line of an outcome; false when it is none.
bool read_line(std::string_view line, Outcome& outcome) {
  const auto behind = [&](std::string_view word) -> std::optional<std::string_view> {
    return line.starts_with(word) ? std::optional(line.substr(word.size())) : std::nullopt;
  };
  const auto into = [&](std::vector<std::string>& list, std::string_view text) {
    auto read = unquoted(text);
    if (read) list.push_back(std::move(*read));
    return read.has_value();
  };
  if (std::ranges::find(effects, line) != effects.end()) {
    if (!outcome.effect.empty()) return false;
    outcome.effect = outcome.would_be = line;
    return true;
  }
  if (const auto rest = behind("by ")) return into(outcome.by, *rest);
  if (const auto rest = behind("needs ")) return into(outcome.needs, *rest);
  if (const auto rest = behind("report ")) return into(outcome.reports, *rest);
  if (const auto rest = behind("fault ")) return outcome.fault = *rest, true;
  if (const auto rest = behind("would be "))
    return outcome.would_be = *rest, std::ranges::find(effects, *rest) != effects.end();
  return false;
}

std::string lines_of(const Outcome& outcome) {
  std::string text = "    " + outcome.effect + "\n";
  if (!outcome.fault.empty()) text += "    fault " + outcome.fault + "\n";
  for (const auto& one : outcome.by) text += "    by " + in_quotes(one) + "\n";
  for (const auto& one : outcome.needs) text += "    needs " + in_quotes(one) + "\n";
  if (outcome.would_be != outcome.effect) text += "    would be " + outcome.would_be + "\n";
  for (const auto& one : outcome.reports) text += "    report " + in_quotes(one) + "\n";
  return text;
}

std::vector<std::string> ids(const std::vector<Reason>& reasons) {
  std::vector<std::string> list;
  for (const Reason& one : reasons) list.push_back(one.id);
  return list;
}

// ---------------------------------------------------------------- looser

int freedom(std::string_view effect) {
  return effect == "allow" || effect == "accepted" ? 2 : effect == "challenge" ? 1 : 0;
}

bool all_in(const std::vector<std::string>& some, const std::vector<std::string>& all) {
  return std::ranges::all_of(some, [&](const std::string& one) { return std::ranges::find(all, one) != all.end(); });
}

const Recorded* find_in(const std::vector<Recorded>& list, std::string_view asked) {
  const auto found = std::ranges::find(list, asked, &Recorded::asked);
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

Outcome outcome_of(const Explanation& decision) {
  Outcome outcome;
  outcome.effect = effect_names[static_cast<std::size_t>(decision.effect)];
  outcome.would_be = effect_names[static_cast<std::size_t>(decision.would_be)];
  if (decision.because == Because::fault) outcome.fault = fault_names[static_cast<std::size_t>(decision.fault)];
  outcome.by = ids(decision.reasons);
  if (decision.because != Because::fault && decision.because != Because::rules)
    outcome.by.emplace_back(because_names[static_cast<std::size_t>(decision.because)]);
  outcome.needs = decision.obligations;
  outcome.reports = ids(decision.reports);
  return outcome;
}

Outcome outcome_of(const PasswordReport& report) {
  Outcome outcome;
  outcome.effect = outcome.would_be = report.accepted ? "accepted" : "refused";
  if (report.fault != PasswordFault::none) outcome.fault = password_fault_names[static_cast<std::size_t>(report.fault)];
  for (std::size_t i = 0; i < report.requirements.size(); ++i)
    if (!report.meets(i) && report.fault == PasswordFault::none)
      outcome.by.emplace_back(password_check_names[static_cast<std::size_t>(report.requirements[i].check)]);
  return outcome;
}

std::string text_of(const Outcome& outcome) {
  std::string text = outcome.effect;
  for (std::size_t i = 0; i < outcome.needs.size(); ++i) text += (i == 0 ? " " : ", ") + outcome.needs[i];
  for (std::size_t i = 0; i < outcome.by.size(); ++i) text += (i == 0 ? " by " : ", ") + outcome.by[i];
  if (!outcome.fault.empty()) text += " fault " + outcome.fault;
  if (outcome.would_be != outcome.effect) text += ", would be " + outcome.would_be;
  for (std::size_t i = 0; i < outcome.reports.size(); ++i) text += (i == 0 ? ", reports " : ", ") + outcome.reports[i];
  return text;
}

bool looser(const Outcome& now, const Outcome& was) {
  if (freedom(now.effect) > freedom(was.effect) || freedom(now.would_be) > freedom(was.would_be)) return true;
  if (freedom(now.effect) < freedom(was.effect)) return false;
  if (freedom(now.effect) == 2) return !all_in(now.by, was.by);
  return !all_in(was.by, now.by) || !all_in(was.needs, now.needs) || was.fault != now.fault;
}

// ---------------------------------------------------------------- files

std::string Snapshots::read(const SourceSet& sources, std::span<const tree::Tree* const> trees) {
  for (const auto* tree : trees) {
    if (sources.name(tree->file).starts_with('<')) continue;  // standard input: nothing lies beside it
    File file{sources.name(tree->file) + ".snap", {}};
    std::error_code failed;
    const auto status = fs::status(file.path, failed);
    if (!fs::exists(status)) {
      files_.try_emplace(tree->file, std::move(file));
      continue;
    }
    const auto wrong = [&](std::size_t line, std::string_view what) {
      return fmt::format("{}:{}: {}; mend it, or delete the file and let `writ test --update` write it anew", file.path,
                         line, what);
    };
    if (!fs::is_regular_file(status)) return wrong(1, "not a regular file");
    if (fs::file_size(file.path, failed) > max_snapshot_bytes || failed)
      return wrong(1, fmt::format("more than {} bytes", max_snapshot_bytes));
    std::ifstream in(file.path, std::ios::binary);
    if (!in) return wrong(1, "cannot be read");
    std::size_t number = 0;
    for (std::string line; std::getline(in, line);) {
      ++number;
      if (number == 1 && line != header) return wrong(number, fmt::format("`{}` is not the first line", header));
      if (number == 1 || line.empty()) continue;
      if (line.starts_with("test ")) {
        auto name = unquoted(std::string_view(line).substr(5));
        if (!name) return wrong(number, "a test's name stands in quotes");
        if (test(file, *name) != nullptr) return wrong(number, "this test stands there twice");
        file.tests.push_back({std::move(*name), {}});
      } else if (line.starts_with("    ")) {
        if (file.tests.empty() || file.tests.back().list.empty() ||
            !read_line(std::string_view(line).substr(4), file.tests.back().list.back().outcome))
          return wrong(number, "this line is none of a decision");
      } else if (line.starts_with("  ")) {
        if (file.tests.empty()) return wrong(number, "no test stands before it");
        auto asked = line.substr(2);
        if (find_in(file.tests.back().list, asked) != nullptr) return wrong(number, "this question stands there twice");
        file.tests.back().list.push_back({std::move(asked), {}});
      } else {
        return wrong(number, "this line is neither test, question nor decision");
      }
    }
    if (number == 0) return wrong(1, "empty");
    for (const Test& one : file.tests)
      for (const Recorded& recorded : one.list)
        if (recorded.outcome.effect.empty()) return wrong(number, "`" + recorded.asked + "` has no decision");
    files_.try_emplace(tree->file, std::move(file));
  }
  return {};
}

Snapshots::Test* Snapshots::test(File& file, std::string_view name) const {
  const auto found = std::ranges::find(file.tests, name, &Test::name);
  return found == file.tests.end() ? nullptr : &*found;
}

const Outcome* Snapshots::find(FileId file, std::string_view name, std::string_view asked) const {
  const auto found = files_.find(file);
  if (found == files_.end()) return nullptr;
  const auto known = std::ranges::find(found->second.tests, name, &Test::name);
  if (known == found->second.tests.end()) return nullptr;
  const auto* recorded = find_in(known->list, one_line(asked));
  return recorded == nullptr ? nullptr : &recorded->outcome;
}

std::vector<Change> Snapshots::unasked(std::span<const Taken> taken, bool whole) const {
  std::vector<Change> changes;
  for (const auto& [id, file] : files_)
    for (const Test& known : file.tests) {
      const auto now = std::ranges::find_if(
          taken, [&, file_id = id](const Taken& one) { return one.file == file_id && one.test == known.name; });
      if (now == taken.end() && !whole) continue;
      for (const Recorded& one : known.list) {
        const bool asked = now != taken.end() && std::ranges::any_of(now->snapshots, [&](const Recorded& recorded) {
                             return one_line(recorded.asked) == one.asked;
                           });
        if (!asked)
          changes.push_back({Change::Kind::removed, file.path, known.name, one.asked, text_of(one.outcome), {}});
      }
    }
  return changes;
}

std::vector<Change> Snapshots::update(std::span<const Taken> taken, bool whole, bool accept_looser) {
  auto changes = unasked(taken, whole);
  for (auto& [id, file] : files_) {
    std::vector<Test> next;
    for (const Taken& one : taken) {
      if (one.file != id || one.snapshots.empty()) continue;
      Test& made = next.emplace_back(Test{one.test, {}});
      const Test* known = test(file, one.test);
      for (const Recorded& recorded : one.snapshots) {
        Recorded now{one_line(recorded.asked), recorded.outcome};
        const auto* was = known == nullptr ? nullptr : find_in(known->list, now.asked);
        const bool less = was != nullptr && looser(now.outcome, was->outcome);
        if (was == nullptr || was->outcome != now.outcome)
          changes.push_back({was == nullptr ? Change::Kind::added
                             : less         ? Change::Kind::looser
                                            : Change::Kind::changed,
                             one.place, one.test, now.asked, was == nullptr ? std::string() : text_of(was->outcome),
                             text_of(now.outcome)});
        if (less && !accept_looser) now.outcome = was->outcome;
        made.list.push_back(std::move(now));
      }
    }
    if (!whole)
      for (const Test& known : file.tests) {
        const bool ran = std::ranges::any_of(
            taken, [&, file_id = id](const Taken& one) { return one.file == file_id && one.test == known.name; });
        if (!ran) next.push_back(known);
      }
    std::ranges::stable_sort(next, {}, &Test::name);
    std::swap(file.tests, next);
    file.changed = true;
  }
  return changes;
}

std::string Snapshots::write() const {
  for (const auto& [id, file] : files_) {
    if (!file.changed) continue;
    std::string text = std::string(header) + "\n";
    for (const Test& one : file.tests) {
      text += "\ntest " + in_quotes(one.name) + "\n";
      for (const Recorded& recorded : one.list) text += "  " + recorded.asked + "\n" + lines_of(recorded.outcome);
    }
    std::error_code failed;
    if (file.tests.empty()) {
      fs::remove(file.path, failed);
      if (failed) return fmt::format("cannot delete `{}`: {}", file.path, failed.message());
      continue;
    }
    std::ifstream in(file.path, std::ios::binary);
    if (in && std::string(std::istreambuf_iterator<char>(in), {}) == text) continue;
    password::NewFile made;
    for (const auto& problem :
         {made.create(file.path), made.write({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}),
          made.commit()})
      if (!problem.empty()) return fmt::format("cannot write `{}`: {}", file.path, problem);
  }
  return {};
}

}  // namespace writ::testing
