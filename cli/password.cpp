// `writ password`: whether a password may be set for a connection, what is asked of one, and one that is accepted. The
// password is typed without being shown, or comes from standard input; never from an argument.
#include "cli/ask.h"
#include "cli/generate.h"
#include "cli/lists.h"
#include "cli/meant.h"
#include "cli/pipeline.h"
#include "cli/verb.h"
#include "runtime/engine/password_lists.h"
#include "runtime/json/password_json.h"

#include <chrono>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

struct Options {
  Believing believing;
  std::string policy, tenant, connection, client, user, common, breached;
  PasswordEvent event = PasswordEvent::signup;
  Format format = Format::pretty;
};

constexpr std::size_t origin_column = 64;
constexpr std::size_t most_read = 1u << 20;  // bytes; far more than the engine looks at, so that it says so

// What the question names that is not there, and what may have been meant.
std::string why_none(const Options& asked, const Pipeline& pipeline, PasswordFault fault) {
  const auto part = pipeline.engine->part(asked.tenant);
  if (!part) return no_such_tenant(pipeline, asked.tenant);
  const auto none = [&](std::string_view kind, const std::string& seen, const auto& records) {
    return fmt::format("tenant `{}` has no {} `{}`{}", safe(asked.tenant), kind, safe(seen),
                       did_you_mean(seen, records));
  };
  if (fault == PasswordFault::unknown_client) return none("client", asked.client, part->clients);
  if (fault == PasswordFault::unknown_connection) return none("connection", asked.connection, part->connections);
  return describe(fault);
}

bool is_of_the_question(PasswordFault fault) {
  using enum PasswordFault;
  return fault == unknown_tenant || fault == unknown_client || fault == unknown_connection ||
         fault == connection_not_enabled || fault == no_passwords;
}

// Who is meant and what is known, alive as long as the question.
struct Asking {
  Pipeline pipeline;
  ReadUser user;
  std::vector<std::string_view> profile;
  PasswordUser about;
  std::unique_ptr<StoredHistory> history;
  PasswordLists lists;
  PasswordRequest request;
};

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

int prepare(const Options& options, Console& console, Asking& asking) {
  const std::string paths[] = {options.policy};
  if (const int built =
          build(paths, {.format = options.format, .believing = &options.believing}, console, asking.pipeline);
      built != exit_ok)
    return built;
  auto& request = asking.request;
  request.tenant = options.tenant;
  request.connection = options.connection;
  if (!options.client.empty()) request.client = options.client;
  request.event = options.event;
  if (!options.user.empty()) {
    password::Mapped file;
    if (const auto wrong = file.open(options.user); !wrong.empty())
      return fail(console, fmt::format("cannot read `{}`: {}", options.user, wrong));
    const auto bytes = file.bytes();
    asking.user = read_user({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    if (!asking.user.ok()) return fail(console, fmt::format("`{}`: {}", options.user, asking.user.problem));
    asking.profile.assign(asking.user.profile.begin(), asking.user.profile.end());
    asking.about = {asking.user.username, asking.user.email, asking.profile};
    request.user = &asking.about;
    if (asking.user.history) {
      asking.history = std::make_unique<StoredHistory>(*asking.user.history);
      request.history = asking.history.get();
    }
    if (asking.user.password_changed) request.since_last_change = now() - *asking.user.password_changed;
  }
  if (const auto wrong = asking.lists.open(common_list_to_open(options.common), options.breached); !wrong.empty())
    return fail(console, wrong);
  request.data = &asking.lists;
  return exit_ok;
}

std::string origin_text(const program::RequirementInfo& one, std::size_t taken, const Console& console) {
  const std::size_t gap = taken + 2 < origin_column ? origin_column - taken : 2;
  return std::string(gap, ' ') +
         console.painted(Paint::faint, safe(one.origin + (one.place.empty() ? "" : ", " + one.place)));
}

void print(const PasswordReport& report, const Options& options, Console& console) {
  const bool fault = report.fault != PasswordFault::none;
  console.out(fmt::format(
      "{}  {} of {} at {}\n",
      report.accepted ? console.painted(Paint::good, "accepted") : console.painted(Paint::bad, "refused"),
      safe(options.connection), safe(options.tenant), password_event_names[static_cast<std::size_t>(options.event)]));
  if (fault)
    console.out(fmt::format("  fault {}: {}\n", password_fault_names[static_cast<std::size_t>(report.fault)],
                            describe(report.fault)));
  for (std::size_t i = 0; i < report.requirements.size(); ++i) {
    const auto& one = report.requirements[i];
    const bool met = report.meets(i);
    if (met && one.implied) continue;  // another line says as much
    const auto missing = missing_text(report, one);
    const auto text = describe(one) + (missing.empty() ? "" : " (" + missing + ")");
    console.out(fmt::format("  {} {}{}\n", met ? console.painted(Paint::good, "✓") : console.painted(Paint::bad, "✗"),
                            safe(text), origin_text(one, columns(text) + 4, console)));
  }
  if (report.normalized) console.out("  its normal form (NFKC) is another text; that is the one to be hashed\n");
}

int check(const Options& options, Console& console) {
  Asking asking;
  if (const int code = prepare(options, console, asking); code != exit_ok) return code;
  // Asked with a password that says nothing first: whoever names what is not there need not type one.
  const auto first = asking.pipeline.engine->interpret_password(Secret("?"), asking.request);
  if (is_of_the_question(first.fault) && options.format == Format::pretty)
    return fail(console, why_none(options, asking.pipeline, first.fault), exit_usage);
  Asked asked = is_of_the_question(first.fault) ? Asked{} : ask_password("Password: ", most_read);
  if (!asked.problem.empty()) return fail(console, asked.problem);
  const auto report = asking.pipeline.engine->interpret_password(asked.password, asking.request);
  if (options.format == Format::json)
    console.out(to_json(report, options.event) + "\n");
  else
    print(report, options, console);
  if (is_of_the_question(report.fault)) return exit_usage;
  return report.accepted ? exit_ok : exit_not_allowed;
}

int explain(const Options& options, Console& console) {
  Asking asking;
  if (const int code = prepare(options, console, asking); code != exit_ok) return code;
  const auto report = asking.pipeline.engine->interpret_password(Secret("?"), asking.request);
  if (is_of_the_question(report.fault))
    return fail(console, why_none(options, asking.pipeline, report.fault), exit_usage);
  const auto part = asking.pipeline.engine->part(options.tenant);
  for (const auto& policy : part->passwords) {
    if (part->connections[policy.connection].id != options.connection) continue;
    if (options.format == Format::json) {
      console.out(to_json(policy) + "\n");
      continue;
    }
    for (const auto* list : {&policy.requirements, &policy.others})
      for (const auto& one : *list) {
        const auto text = describe(one);
        const auto note = one.implied ? " (another asks for as much)" : "";
        console.out(fmt::format("  {}{}{}\n", safe(text), note, origin_text(one, columns(text + note) + 2, console)));
      }
    if (policy.requirements.empty()) console.out("  nothing is asked of it but that it is not empty\n");
  }
  return exit_ok;
}

int generate(const Options& options, Console& console) {
  Asking asking;
  if (const int code = prepare(options, console, asking); code != exit_ok) return code;
  const Generated made = generate_password(*asking.pipeline.engine, asking.request);
  if (is_of_the_question(made.last.fault))
    return fail(console, why_none(options, asking.pipeline, made.last.fault), exit_usage);
  if (!made.problem.empty()) {
    print(made.last, options, console);
    return fail(console, made.problem);
  }
  console.out(made.password.expose());
  console.out("\n");
  return exit_ok;
}

void add_question(CLI::App& verb, Options& options) {
  verb.add_option("POLICY", options.policy, "a file, a folder or a bundle")->required();
  add_believing(verb, options.believing);
  verb.add_option("--tenant", options.tenant, "wire id of the tenant")->type_name("ID")->required();
  verb.add_option("--connection", options.connection, "wire id of the connection")->type_name("ID")->required();
  verb.add_option("--client", options.client, "wire id of the client; it must lead into the connection")
      ->type_name("ID");
}

void add_known(CLI::App& verb, Options& options) {
  static const std::map<std::string, PasswordEvent> events = {
      {"signup", PasswordEvent::signup}, {"change", PasswordEvent::change}, {"reset", PasswordEvent::reset}};
  verb.add_option("--event", options.event, "signup, change or reset")
      ->type_name("EVENT")
      ->transform(CLI::Transformer(events).description(""))
      ->default_str("signup");
  verb.add_option("--user", options.user,
                  "what is known of the user: JSON with username, email, history and the profile")
      ->type_name("FILE");
  verb.add_option("--common", options.common, "list of common passwords instead of the one that is built in")
      ->type_name("FILE");
  verb.add_option("--breached", options.breached, "list of breached passwords, made by `writ breached build`")
      ->type_name("FILE");
}

}  // namespace

void declare_password(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* password = app.add_subcommand("password", "judge a password, say what is asked of one, make one");
  password->require_subcommand(1);
  constexpr const char* known =
      " my-policy --tenant acme --connection customers --user user.json --breached breached.index";
  add_examples(*password, {"writ password explain my-policy --tenant acme --connection customers",
                           std::string("writ password check") + known, std::string("writ password generate") + known});

  CLI::App* verb = password->add_subcommand(
      "check", "whether a password, typed or from standard input, may be set: exit code 6 when not");
  add_question(*verb, *options);
  add_known(*verb, *options);
  add_format(*verb, options->format);
  add_examples(*verb, {std::string("writ password check") + known,
                       std::string("pass show mail | head -1 | writ password check") + known + " --format json"});
  runs(*verb, invocation, [options, &invocation] { return check(*options, invocation.console); });

  verb = password->add_subcommand("explain", "what is asked of a password, and by whom");
  add_question(*verb, *options);
  add_format(*verb, options->format);
  add_examples(*verb, {"writ password explain my-policy --tenant acme --connection customers"});
  runs(*verb, invocation, [options, &invocation] { return explain(*options, invocation.console); });

  verb = password->add_subcommand("generate", "a password that is accepted");
  add_question(*verb, *options);
  add_known(*verb, *options);
  add_examples(*verb, {std::string("writ password generate") + known});
  runs(*verb, invocation, [options, &invocation] { return generate(*options, invocation.console); });
}

}  // namespace writ::cli
