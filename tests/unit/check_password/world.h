// A policy as text, compiled and served: what the tests of passwords ask. Data and history are plain lists.
#pragma once

#include "compiler/check/check.h"
#include "compiler/lower/lower.h"
#include "compiler/syntax/syntax.h"
#include "runtime/engine/engine.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

namespace writ::test {

class Passwords {
 public:
  Engine engine;
  std::string problems;

  explicit Passwords(const std::string& policy, std::shared_ptr<CodeSource> code = nullptr)
      : engine(code, code ? Tier::native : Tier::interpret) {
    SourceSet sources;
    Diagnostics diagnostics;
    const auto file = sources.add("policy.writ", "writ 1\n" + policy);
    const auto tree = parse(sources, file, Limits{}, diagnostics);
    if (!diagnostics.has_errors()) {
      const tree::Tree* const trees[] = {&tree};
      const auto model = check_policy(trees, sources, Limits{}, diagnostics);
      std::vector<program::Part> parts;
      if (!diagnostics.has_errors())
        for (const auto& tenant : model.tenants) parts.push_back(lower_tenant(tenant, sources));
      if (!parts.empty()) problems = engine.put(std::move(parts));
    }
    if (diagnostics.has_errors()) problems = render_pretty(diagnostics.sorted(), sources, {.color = false});
  }

  PasswordReport ask(std::string_view password, PasswordRequest request) const {
    if (request.tenant.data() == nullptr) request.tenant = "acme";
    if (request.connection.data() == nullptr) request.connection = "people";
    return engine.check_password(Secret(password), request);
  }
  bool accepts(std::string_view password, std::string_view connection = "people") const {
    PasswordRequest request;
    request.connection = connection;
    const auto report = ask(password, request);
    if (report.fault != PasswordFault::none) FAIL(describe(report.fault));
    return report.accepted;
  }
};

// The ids of what is not met, by place, each followed by a blank; or the fault.
inline std::string refused(const PasswordReport& report) {
  if (report.fault != PasswordFault::none)
    return "fault " + std::string(password_fault_names[static_cast<std::size_t>(report.fault)]);
  std::string text;
  for (std::size_t i = 0; i < report.requirements.size(); ++i)
    if (!report.meets(i))
      text += std::string(password_check_names[static_cast<std::size_t>(report.requirements[i].check)]) + " ";
  CHECK(report.accepted == text.empty());
  return text;
}

// A tenant of one connection, `people`, whose passwords are held to `requirements`.
inline std::string with(const std::string& requirements, const std::string& floor = "") {
  return (floor.empty() ? "" : "platform { floor password baseline { " + floor + " } }\n") +
         "tenant acme { connection people : database { " +
         (requirements.empty() ? "" : "password { " + requirements + " }") +
         " } client shop : spa { connections people } allow signup }";
}

class Lists : public PasswordData {
 public:
  std::vector<std::string> common{};
  std::vector<std::string> leaked{};
  std::map<std::string, std::int64_t, std::less<>> scores{};
  std::optional<std::int64_t> common_listed() const noexcept override { return std::ssize(common); }
  std::optional<std::int64_t> common_rank(std::string_view password) const noexcept override {
    const auto found = std::ranges::find(common, password);
    return found == common.end() ? unlisted : found - common.begin() + 1;
  }
  std::optional<bool> breached(std::string_view password) const noexcept override {
    return std::ranges::find(leaked, password) != leaked.end();
  }
  std::optional<std::int64_t> strength(std::string_view password,
                                       std::span<const std::string_view>) const noexcept override {
    const auto found = scores.find(password);
    return found == scores.end() ? 0 : found->second;
  }
};

class Used : public PasswordHistory {
 public:
  explicit Used(std::vector<std::string> passwords) : passwords_(std::move(passwords)) {}
  std::optional<std::int64_t> place(std::string_view password, std::int64_t depth) const noexcept override {
    for (std::size_t i = 0; i < passwords_.size() && static_cast<std::int64_t>(i) < depth; ++i)
      if (passwords_[i] == password) return static_cast<std::int64_t>(i) + 1;
    return never;
  }

 private:
  std::vector<std::string> passwords_;
};

}  // namespace writ::test
