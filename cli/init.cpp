// `writ init`: a small policy to start from, with comments and tests. It never overwrites: a file that is there stays, and then nothing is
// written at all. Nor does it add to a policy: a folder is one policy set with all that lies below it.
#include "cli/files.h"
#include "cli/verb.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

struct File {
  const char* name;
  std::string_view text;
};

constexpr std::array<File, 4> files = {{
    {"platform.writ", R"writ(writ 1
// What holds for every tenant. The platform can deny and require, never allow: a tenant may tighten this, not loosen it.

attributes {
  request.risk : int 0..100?  // a fact of your own; `?` means it may be absent
}

platform {
  limit database connections per client = 50

  floor password baseline {
    length 10..64
    reject common, breached, personal
  }

  lockout { 10 attempts per identifier and ip; block 15m }

  require mfa "administrators" when "admin" in user.roles
  deny login "high risk" when has request.risk and request.risk > 80
}
)writ"},
    {"acme.writ", R"writ(writ 1
// One tenant: its identity sources, its applications, and who may enter them.

tenant acme "Acme Corporation" {
  // Identity sources.
  connection customers : database
  connection staff : saml {
    domains "acme.com"  // ann@acme.com is sent here
  }

  // Applications, each with the sources it takes.
  client shop : spa {
    connections customers, staff
    callbacks "https://shop.acme.com/callback"
  }
  client admin : web {
    connections staff
    callbacks "https://admin.acme.com/callback"
  }

  zone office = 203.0.113.0/24

  // Nothing is allowed until a rule says so; any deny wins; order does not matter.
  allow login on staff
  allow login on customers when user.email_verified
  allow signup, password_change, password_reset on customers
  deny login "admin console is office only" when client == admin and request.ip not in office
}
)writ"},
    {"tests.writ", R"writ(writ 1
// A request starts from a harmless baseline (`writ facts --baseline`) and says what differs.

test "customers enter the shop" {
  login to acme.shop via customers
  expect allow
  login to acme.shop via customers { user.email_verified = false }
  expect deny by no_allow
}

test "the admin console is closed from outside" {
  login to acme.admin via staff { request.ip = 198.51.100.7 }
  expect deny by "admin console is office only"
  login to acme.admin via staff { request.ip = 203.0.113.9 }
  expect allow
}

test "administrators need a second factor" {
  login to acme.shop via staff { user.roles = ["admin"] }
  expect challenge mfa by "administrators"
  login to acme.shop via staff {
    user.roles = ["admin"]
    session.mfa = true
    session.mfa_age = 4m
  }
  expect allow
}

test "a risky login is stopped" {
  login to acme.shop via staff { request.risk = 95 }
  expect deny by "high risk"
}
)writ"},
    {"request.json", R"writ({
  "action": "login", "tenant": "acme", "client": "admin", "connection": "staff",
  "user": {"id": "u-1", "email": "ann@acme.com", "email_verified": true, "roles": ["admin"], "blocked": false},
  "request": {"ip": "203.0.113.9", "time": "2026-01-15T12:00:00Z"},
  "session": {"mfa": true, "mfa_age": "4m"},
  "attempts": {"by_identifier_ip": 0}
}
)writ"},
}};

// Policies that lie in a folder itself, by name.
std::vector<std::string> policies_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code failed;
  for (std::filesystem::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
    if (at->path().extension() == ".writ") names.push_back(at->path().filename().string());
  std::ranges::sort(names);
  return names;
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t shown = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), shown); ++i) text += (i == 0 ? "" : ", ") + names[i];
  return names.size() > shown ? text + fmt::format(" and {} more", names.size() - shown) : text;
}

// Why this folder is none to begin a policy in; empty when it is one.
std::string taken(const std::string& folder) {
  const auto names = policies_in(folder);
  if (names.empty()) return {};
  return fmt::format("`{0}` holds a policy already ({1}); nothing is written\n"
                     "  to look at it: writ check {0}\n"
                     "  to begin another one, name a new folder: writ init my-policy\n",
                     safe(folder), safe(listed(names)));
}

// That the folder above is a policy, of which this one is a part then; empty when it is none.
std::string above(const std::string& folder) {
  std::error_code failed;
  const auto whole = std::filesystem::absolute(folder, failed).lexically_normal();
  const auto parent = (whole.has_filename() ? whole : whole.parent_path()).parent_path();
  const auto names = policies_in(parent);
  if (failed || names.empty()) return {};
  return fmt::format(
      "`{}` lies in a folder with policies ({}): checked as a whole, that folder is one policy with this one\n",
      safe(folder), safe(listed(names)));
}

int init(const std::string& folder, Console& console) {
  std::error_code failed;
  const auto fail = [&](const std::string& what) {
    console.err("writ: " + safe(what) + "\n");
    return exit_failure;
  };
  if (const auto why = taken(folder); !why.empty()) {
    console.err("writ: " + why);
    return exit_failure;
  }
  std::filesystem::create_directories(folder, failed);
  if (failed) return fail(fmt::format("cannot make `{}`: {}", folder, failed.message()));
  for (const File& file : files)
    if (std::filesystem::exists(std::filesystem::symlink_status(std::filesystem::path(folder) / file.name, failed)))
      return fail(fmt::format("`{}` is there already; nothing is written",
                              (std::filesystem::path(folder) / file.name).string()));
  for (const File& file : files)
    if (const std::string problem = create_file((std::filesystem::path(folder) / file.name).string(), file.text);
        !problem.empty())
      return fail(problem);
  if (const auto remark = above(folder); !remark.empty()) console.err("writ: " + remark);
  const std::string name = safe(folder);
  console.out(fmt::format("wrote {0}: platform.writ, acme.writ, tests.writ, request.json\n\n"
                          "  writ check {0}\n  writ test {0}\n  writ eval {0} {0}/request.json\n",
                          name));
  return exit_ok;
}

}  // namespace

void declare_init(CLI::App& app, Invocation& invocation) {
  const auto folder = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("init", "write a small policy to start from, with tests");
  verb->add_option("DIR", *folder, "a folder; made when it is not there")->required();
  add_examples(*verb, {"writ init my-policy && writ test my-policy"});
  runs(*verb, invocation, [folder, &invocation] { return init(*folder, invocation.console); });
}

}  // namespace writ::cli
