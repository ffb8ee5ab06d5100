// Values stand for facts; a condition on them is text of Writ's. Early ends of a function narrow what comes behind them.
#include "compiler/import/auth0_program.h"

#include "compiler/import/auth0_options.h"
#include "compiler/import/auth0_values.h"
#include "compiler/import/script.h"
#include "runtime/program/spelling.h"
#include "runtime/program/value.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace writ::importing::auth0 {

namespace {

using script::Expression;
using script::Statement;

constexpr std::size_t most_effects = 100;

class Running {
 public:
  Running(const Making& making, bool action, const ConnectionOptions* options = nullptr)
      : making_(making), action_(action), options_(options) {}

  Understood run(const std::vector<Statement>& program) {
    Environment* const global = &environments_.emplace_back();
    const Expression* main = nullptr;
    for (const auto& statement : program) {
      if (const auto* found = main_of(statement)) {
        if (main != nullptr) throw Unknown{};
        main = found;
      } else if (statement.kind == Statement::Kind::let && !statement.value.empty()) {
        global->names[statement.name] = value(statement.value.front(), global);
      } else if (!is_empty_handler(statement)) {
        throw Unknown{};
      }
    }
    if (main == nullptr || main->keys.size() != (action_ ? 2U : 3U)) throw Unknown{};
    Environment* const inner = &environments_.emplace_back(Environment{{}, global});
    const auto root = [&](std::size_t at, const char* name) { inner->names[main->keys[at]] = {Is::path, name}; };
    root(0, action_ ? "event" : "user");
    root(1, action_ ? "api" : "context");
    if (!action_) root(2, "callback");
    execute(main->body, constant(true), inner);
    return std::move(made_);
  }

 private:
  // ---------------------------------------------------------------- the program as a whole

  const Expression* main_of(const Statement& statement) const {
    if (statement.kind == Statement::Kind::let) {
      const bool named =
          !action_ && statement.value.size() == 1 && statement.value.front().kind == script::Kind::function;
      return named && statement.value.front().keys.size() == 3 ? &statement.value.front() : nullptr;
    }
    if (statement.kind != Statement::Kind::evaluate || statement.value.empty()) return nullptr;
    const auto& one = statement.value.front();
    if (!action_) return one.kind == script::Kind::function ? &one : nullptr;
    const bool handler =
        one.kind == script::Kind::assign && one.parts[0].kind == script::Kind::member &&
        (one.parts[0].text == "onExecutePostLogin" || one.parts[0].text == "onExecutePreUserRegistration") &&
        one.parts[1].kind == script::Kind::function;
    return handler ? &one.parts[1] : nullptr;
  }
  static bool is_empty_handler(const Statement& statement) {
    if (statement.kind != Statement::Kind::evaluate || statement.value.empty()) return false;
    const auto& one = statement.value.front();
    return one.kind == script::Kind::assign && one.parts[0].kind == script::Kind::member &&
           one.parts[1].kind == script::Kind::function && one.parts[1].body.empty();
  }

  // Runs where `guard` holds; says under which condition, of `guard`, what stands behind is reached.
  Condition execute(const std::vector<Statement>& list, const Condition& guard, Environment* names) {
    if (++steps_ > 10'000) throw Unknown{};
    auto reached = constant(true);
    for (const auto& statement : list) {
      if (reached.never()) break;
      const auto here = both(guard, reached);
      guard_ = here;
      switch (statement.kind) {
      case Statement::Kind::let:
        names->names[statement.name] = statement.value.empty() ? Value{} : value(statement.value.front(), names);
        break;
      case Statement::Kind::evaluate:
        if (!statement.value.empty()) evaluate(statement.value.front(), here, names);
        break;
      case Statement::Kind::give_back:
        if (!statement.value.empty()) evaluate(statement.value.front(), here, names);
        return constant(false);
      case Statement::Kind::branch: {
        const auto condition = truth(value(statement.value.front(), names));
        if (condition.always() || condition.never()) {  // one of the two never runs
          reached = both(reached, execute(condition.always() ? statement.then : statement.otherwise, here, names));
          break;
        }
        ++branches_;
        const auto then = execute(statement.then, both(here, condition), names),
                   otherwise = execute(statement.otherwise, both(here, no(condition)), names);
        --branches_;
        reached = both(reached, joined(condition, then, otherwise));
        break;
      }
      }
    }
    return reached;
  }
  // ---------------------------------------------------------------- effects

  void evaluate(const Expression& expression, const Condition& guard, Environment* names) {
    if (expression.kind == script::Kind::assign) return assign(expression, guard, names);
    if (expression.kind != script::Kind::call) throw Unknown{};
    const auto& called = expression.parts.front();
    const auto path = path_of(called, names);
    if (path == "callback") return call_back(expression, guard, names);
    if (path == "api.access.deny" && expression.parts.size() >= 2) {
      // Of a registration the first text is for the log, the second for the user.
      return add(true, guard, value(expression.parts.back(), names));
    }
    if (path == "api.multifactor.enable" && expression.parts.size() >= 2)
      return second_factor(value(expression.parts[1], names),
                           expression.parts.size() > 2 ? &expression.parts[2] : nullptr, guard);
    if (path == "console.log") return;
    change_list(expression, guard, names);
  }
  // `list.forEach(one => …)`, `set.add(text)`: of a list of the program's own, where nothing decides whether it happens.
  void change_list(const Expression& call, const Condition& guard, Environment* names) {
    const auto& called = call.parts.front();
    if (called.kind != script::Kind::member || call.parts.size() != 2 || branches_ != 0) throw Unknown{};
    const auto given = value(call.parts[1], names);
    if (called.text == "forEach") {
      const auto list = value(called.parts[0], names);
      if (list.is != Is::list || given.is != Is::function || given.function->keys.size() != 1) throw Unknown{};
      for (const auto& text : list.list)
        execute(
            given.function->body, guard,
            &environments_.emplace_back(Environment{{{given.function->keys[0], {Is::text, text}}}, given.environment}));
      return;
    }
    if (called.text != "add" || given.is != Is::text || called.parts[0].kind != script::Kind::name) throw Unknown{};
    for (auto* at = names; at != nullptr; at = at->outer)
      if (const auto found = at->names.find(called.parts[0].text); found != at->names.end()) {
        if (found->second.is != Is::list) break;
        found->second.list.push_back(given.text);
        return;
      }
    throw Unknown{};
  }
  void call_back(const Expression& call, const Condition& guard, Environment* names) {
    if (call.parts.size() < 2) throw Unknown{};
    const auto& first = call.parts[1];
    if (first.kind == script::Kind::nothing) return;  // let through
    if (first.kind == script::Kind::text) return add(true, guard, value(first, names));
    const bool error = first.kind == script::Kind::create && first.parts.size() == 2 &&
                       (first.parts[0].text == "UnauthorizedError" || first.parts[0].text == "Error");
    if (!error) throw Unknown{};
    add(true, guard, value(first.parts[1], names));
  }
  void assign(const Expression& expression, const Condition& guard, Environment* names) {
    // A name of the program's own, where nothing decides whether it is given the value.
    if (const auto& left = expression.parts[0]; left.kind == script::Kind::name && guard.always())
      for (auto* at = names; at != nullptr; at = at->outer)
        if (const auto found = at->names.find(left.text); found != at->names.end() && found->second.is != Is::path) {
          found->second = value(expression.parts[1], names);
          return;
        }
    const auto path = path_of(expression.parts[0], names);
    const auto& right = expression.parts[1];
    if (path == "context.multifactor" && right.kind == script::Kind::object) {
      const auto provider = std::ranges::find(right.keys, "provider");
      if (provider == right.keys.end()) throw Unknown{};
      return second_factor(value(right.parts[static_cast<std::size_t>(provider - right.keys.begin())], names), &right,
                           guard);
    }
    // `user.app_metadata = user.app_metadata || {}`
    const bool prepares = path == "user.app_metadata" && right.kind == script::Kind::binary && right.text == "||" &&
                          right.parts[1].kind == script::Kind::object && right.parts[1].keys.empty() &&
                          path_of(right.parts[0], names) == path;
    if (!prepares) throw Unknown{};
  }
  void second_factor(const Value& provider, const Expression* options, const Condition& guard) {
    constexpr std::array<std::string_view, 4> providers = {"any", "guardian", "google-authenticator", "duo"};
    if (provider.is != Is::text || std::ranges::find(providers, provider.text) == providers.end()) throw Unknown{};
    if (provider.text != "any") note(fmt::format("any second factor is taken, and not only that of {}", provider.text));
    bool remembers = true;
    if (options != nullptr) {
      if (options->kind != script::Kind::object) throw Unknown{};
      if (const auto found = std::ranges::find(options->keys, "allowRememberBrowser"); found != options->keys.end()) {
        const auto& flag = options->parts[static_cast<std::size_t>(found - options->keys.begin())];
        if (flag.kind != script::Kind::boolean) throw Unknown{};
        remembers = flag.number != 0;
      }
    }
    if (remembers) note("a browser that is remembered is asked no more: the fact request.device_known");
    add(false, remembers ? both(guard, {"not (request.device_known else false)"}) : guard, {});
  }
  void add(bool denies, const Condition& condition, const Value& message) {
    if (message.is != Is::text && message.is != Is::nothing) throw Unknown{};
    if (condition.never()) return;
    if (options_ != nullptr) return effect(denies, both({"connection == " + options_->connection}, condition), message);
    effect(denies, condition, message);
  }
  void effect(bool denies, const Condition& condition, const Value& message) {
    if (made_.effects.size() >= most_effects) throw Unknown{};
    made_.effects.push_back({denies, condition.always() ? "" : condition.text, message.text});
  }
  void note(std::string text) {
    if (std::ranges::find(made_.notes, text) == made_.notes.end()) made_.notes.push_back(std::move(text));
  }

  // ---------------------------------------------------------------- values

  std::string path_of(const Expression& expression, Environment* names) {
    if (expression.kind == script::Kind::name) {
      for (const auto* at = names; at != nullptr; at = at->outer)
        if (const auto found = at->names.find(expression.text); found != at->names.end())
          return found->second.is == Is::path ? found->second.text : "";
      return expression.text;
    }
    if (expression.kind != script::Kind::member) return "";
    const auto of = path_of(expression.parts[0], names);
    return of.empty() ? of : of + "." + expression.text;
  }

  Value at_path(const std::string& path) {
    if (path.starts_with(option_of_connection)) return option(path.substr(option_of_connection.size()));
    const auto* const row = std::ranges::find(rows, path, &Row::path);
    if (row == rows.end()) return {Is::path, path};
    Value made{row->is, std::string(row->fact)};
    if (row->is == Is::condition) made.condition = {std::string(row->fact)};
    if (path == "user.groups")
      note("groups that the host does not know count as none; a rule may have let such users through");
    return made;
  }

  // The export says it of each connection, so the program is run for each.
  Value option(const std::string& name) const {
    if (name != "tenant_domain" && name != "domain_aliases") throw Unknown{};
    if (options_ == nullptr) throw OfConnections{};
    if (name == "domain_aliases") return options_->aliases ? Value{Is::list, {}, 0, *options_->aliases} : Value{};
    return options_->domain ? Value{Is::text, *options_->domain} : Value{};
  }

  Value value(const Expression& expression, Environment* names) {
    if (++steps_ > 10'000) throw Unknown{};
    switch (expression.kind) {
    case script::Kind::name: return named(expression.text, names);
    case script::Kind::text: return {Is::text, expression.text};
    case script::Kind::number: return {Is::number, {}, expression.number};
    case script::Kind::boolean: return truly(constant(expression.number != 0));
    case script::Kind::nothing: return {};
    case script::Kind::list: return list(expression, names);
    case script::Kind::object: return object(expression, names);
    case script::Kind::function: return {Is::function, {}, 0, {}, {}, &expression, names};
    case script::Kind::negation: return truly(no(truth(value(expression.parts[0], names))));
    case script::Kind::binary: return binary(expression, names);
    case script::Kind::member: return member(value(expression.parts[0], names), expression.text);
    case script::Kind::at: return at(expression, names);
    case script::Kind::call: return call(expression, names);
    case script::Kind::create: return create(expression, names);
    case script::Kind::choice:
    case script::Kind::assign: break;
    }
    throw Unknown{};
  }
  static Value truly(Condition condition) { return {Is::condition, {}, 0, {}, std::move(condition)}; }

  Value named(const std::string& name, Environment* names) {
    for (const auto* at = names; at != nullptr; at = at->outer)
      if (const auto found = at->names.find(name); found != at->names.end()) return found->second;
    if (name == "Array" || name == "Date") return {Is::path, name};
    throw Unknown{};
  }
  Value list(const Expression& expression, Environment* names) {
    Value made{Is::list};
    for (const auto& part : expression.parts) {
      const auto one = value(part, names);
      if (one.is != Is::text) throw Unknown{};
      made.list.push_back(one.text);
    }
    return made;
  }
  // Only what is looked up in: `{admins: true}`.
  Value object(const Expression& expression, Environment* names) {
    Value made{Is::object};
    for (std::size_t i = 0; i < expression.keys.size(); ++i)
      if (truth(value(expression.parts[i], names)).always()) made.list.push_back(expression.keys[i]);
    return made;
  }

  Condition truth(const Value& one) {
    switch (one.is) {
    case Is::condition: return one.condition;
    case Is::text: return constant(!one.text.empty());
    case Is::number: return constant(one.number != 0);
    case Is::optional: return {"has " + one.text};
    case Is::organization: return {"has organization"};
    case Is::enrolled: return {one.text};
    case Is::count: return {one.text + " > 0"};
    case Is::nothing: return constant(false);
    case Is::present:
    case Is::address:
    case Is::client:
    case Is::client_id:
    case Is::connection:
    case Is::strategy:
    case Is::set:
    case Is::methods:
    case Is::list:
    case Is::object: return constant(true);
    case Is::path:
      if (std::ranges::find(always_there, one.text) != always_there.end()) return constant(true);
      break;
    default: break;
    }
    throw Unknown{};
  }

  Value member(const Value& of, const std::string& name) {
    if (of.is == Is::path) return at_path(of.text + "." + name);
    if (name == "length") {
      if (of.is == Is::enrolled) return of;
      if (of.is == Is::list) return {Is::number, {}, static_cast<double>(of.list.size())};
      if (of.is == Is::parts) return {Is::last, "length"};
    }
    throw Unknown{};
  }
  Value at(const Expression& expression, Environment* names) {
    const auto of = value(expression.parts[0], names), index = value(expression.parts[1], names);
    if (of.is == Is::parts &&
        ((index.is == Is::last && index.text == "last") || (index.is == Is::number && index.number == 1)))
      return {Is::domain};
    if (of.is == Is::object && index.is == Is::member) return truly(some_in(index.text, of.list));
    throw Unknown{};
  }

  Value create(const Expression& expression, Environment* names) {
    if (expression.parts[0].text == "Set" && expression.parts.size() == 2) {
      auto of = value(expression.parts[1], names);
      if (of.is == Is::list) return of;
    }
    if (expression.parts[0].text != "Date") throw Unknown{};
    if (expression.parts.size() == 1) return {Is::now};
    const auto of = value(expression.parts[1], names);
    if (expression.parts.size() != 2 || of.is != Is::time) throw Unknown{};
    return of;
  }

  // ---------------------------------------------------------------- operators

  Value binary(const Expression& expression, Environment* names) {
    const auto& operation = expression.text;
    const auto left = value(expression.parts[0], names);
    const auto before = guard_;
    // What stands on the right is reached by what the left is.
    if (operation == "&&") guard_ = both(guard_, truth(left));
    if (operation == "||" && left.is != Is::time) guard_ = both(guard_, no(truth(left)));
    const auto right = value(expression.parts[1], names);
    guard_ = before;
    if (operation == "&&") return truly(both(truth(left), truth(right)));
    if (operation == "||") {
      if (left.is == Is::nothing) return right;
      if (left.is == Is::list) return left;
      if (left.is == Is::time && right.is == Is::time && left.text == "user.password_changed" &&
          right.text == "user.created")
        return {Is::time, "(user.password_changed else user.created)"};
      // `x || []`, `x || {}`, `x || ''`: what is absent is empty.
      const bool empty = (right.is == Is::list || right.is == Is::object) ? right.list.empty()
                                                                          : right.is == Is::text && right.text.empty();
      if (empty && (left.is == Is::set || left.is == Is::methods || left.is == Is::optional || left.is == Is::enrolled))
        return left;
      return truly(either(truth(left), truth(right)));
    }
    if (operation == "===" || operation == "==") return truly(equal(left, right));
    if (operation == "!==" || operation == "!=") return truly(no(equal(left, right)));
    if (operation == "-" || operation == "+" || operation == "*" || operation == "/")
      return arithmetic(operation[0], left, right);
    return truly(ordered(operation, left, right));
  }
  template <class Things>
  static std::string named_thing(const Things& things, const std::map<std::string, std::size_t>& by,
                                 const std::string& wanted) {
    const auto found = by.find(wanted);
    return found == by.end() ? "" : things[found->second].name;
  }
  Condition equal(const Value& left, const Value& right) {
    if (left.is == Is::text && right.is != Is::text) return equal(right, left);
    if (left.is == Is::place && right.is == Is::number && right.number == -1) return no(left.condition);
    if (left.is == Is::enrolled && right.is == Is::number && right.number == 0) return no({left.text});
    if (left.is == Is::element && right.is != Is::element) return among(right, left.list);
    if (right.is == Is::element && left.is != Is::element) return among(left, right.list);
    if (left.is == Is::connection && right.is == Is::strategy) return equal(right, left);
    if (left.is == Is::strategy && right.is == Is::connection)
      return {"connection.family == social"};  // Auth0 names a social connection after its strategy
    if (left.is == Is::member && right.is == Is::text) return {literal(right.text) + " in " + left.text};
    if (left.is == Is::count && right.is == Is::number)
      return {fmt::format("{} == {}", left.text, static_cast<std::int64_t>(right.number))};
    if (left.is == Is::weekday && right.is == Is::number && right.number >= 0 && right.number <= 6) {
      constexpr std::array days = {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
      note("the days are those of UTC; a rule's are those of its server");
      return {fmt::format("request.time in 00:00..24:00 \"UTC\" on {}", days[static_cast<std::size_t>(right.number)])};
    }
    if (left.is == Is::optional && right.is == Is::nothing) return {"not has " + left.text};
    if (right.is == Is::text) return among(left, {right.text});
    throw Unknown{};
  }

  // Whether a fact is one of some literals.
  Condition among(const Value& fact, const std::vector<std::string>& list) {
    std::vector<std::string> words;
    std::string of;
    switch (fact.is) {
    case Is::optional: of = fmt::format("({} else \"\")", fact.text); break;
    case Is::present: of = fact.text; break;
    case Is::domain: of = "(email_domain(user.email) else \"\")"; break;
    case Is::address: of = fact.text; break;
    case Is::client:
    case Is::client_id: of = "client"; break;
    case Is::connection: of = "connection"; break;
    case Is::strategy: of = "connection.strategy"; break;
    case Is::path:
      // The password grant is never granted.
      if (fact.text == "context.protocol" && list == std::vector<std::string>{"oauth2-resource-owner"})
        return constant(false);
      if (fact.text == "context.request.query.acr_values" && list.size() == 1)
        return {literal(list.front()) + " in request.acr_values"};
      throw Unknown{};
    default: throw Unknown{};
    }
    for (const auto& one : list) {
      std::string word;
      if (fact.is == Is::address) {
        if (!parse_ip(one)) continue;  // equal to no address
        word = one;
      } else if (fact.is == Is::client || fact.is == Is::client_id) {
        word = named_thing(making_.tenant.clients, making_.clients, one);
        if (word.empty()) note(fmt::format("there is no application `{}` in the export", one));
      } else if (fact.is == Is::connection) {
        word = named_thing(making_.tenant.connections, making_.connections, one);
        if (word.empty()) note(fmt::format("there is no connection `{}` in the export", one));
      } else if (fact.is == Is::strategy) {
        auto name = one == "auth0" ? "database" : one == "samlp" ? "saml" : one;
        std::ranges::replace(name, '-', '_');
        if (!strategy_named(name)) throw Unknown{};
        word = name;
      } else if (fact.is == Is::domain) {
        if (lower_case(one) != one) continue;  // the domain is in lower case, so it is never equal
        word = literal(one);
      } else {
        word = literal(one);
      }
      if (!word.empty() && std::ranges::find(words, word) == words.end()) words.push_back(std::move(word));
    }
    if (words.empty()) return constant(false);
    if (words.size() == 1) return {fmt::format("{} == {}", of, words.front())};
    return {fmt::format("{} in [{}]", of, fmt::join(words, ", "))};
  }
  // ---------------------------------------------------------------- calls

  Value call(const Expression& expression, Environment* names) {
    const auto& called = expression.parts.front();
    const auto given = expression.parts.size() - 1;
    if (called.kind == script::Kind::name) {
      if (called.text == "require" && given == 1) return {Is::module, value(expression.parts[1], names).text};
      return apply(named(called.text, names), expression, names);
    }
    if (called.kind != script::Kind::member) throw Unknown{};
    const auto& name = called.text;
    const auto of = value(called.parts[0], names);
    if (of.is == Is::path && of.text == "Date" && name == "now" && given == 0) return {Is::now};
    if (of.is == Is::now && name == "getDay" && given == 0) return {Is::weekday};
    if (of.is == Is::domain && (name == "toLowerCase" || name == "trim") && given == 0) return of;
    if (of.is == Is::parts && name == "pop" && given == 0) return {Is::domain};
    if (of.is == Is::text && name == "toLowerCase" && given == 0 && is_ascii(of.text))
      return {Is::text, lower_case(of.text)};
    if (given != 1) throw Unknown{};
    // A method of what is not there ends the program with an error, and the login with it.
    if (of.is == Is::optional && called.number == 0 && guard_.text.find("has " + of.text) == std::string::npos)
      add(true, both(guard_, {"not has " + of.text}), {});
    return method(of, name, expression.parts[1], names);
  }
  Value method(const Value& of, const std::string& name, const Expression& argument, Environment* names) {
    if (of.is == Is::module && of.text == "ipaddr.js") {
      const auto given = value(argument, names);
      if (name == "parse" && given.is == Is::address) return given;
      if (name == "parseCIDR" && given.is == Is::text && parse_cidr(given.text)) return {Is::block, given.text};
      throw Unknown{};
    }
    if (name == "some" || name == "find") {
      const auto test = value(argument, names);
      if (test.is != Is::function || test.function->keys.size() != 1) throw Unknown{};
      Value one{of.is == Is::list ? Is::element : Is::member, of.text, 0, of.list};
      if (of.is == Is::methods) one = {Is::path, "method"};
      if (of.is != Is::list && of.is != Is::set && of.is != Is::methods) throw Unknown{};
      if (of.is == Is::methods) return truly(second_factor_used(*test.function));
      return truly(truth(result(test, {one})));
    }
    const auto given = value(argument, names);
    if (of.is == Is::path && of.text == "Array" && name == "isArray") return truly(truth(given));
    if (of.is == Is::address && name == "match" && given.is == Is::block)
      return truly({fmt::format("{} in {}", of.text, given.text)});
    if (of.is == Is::optional && of.text == "user.email" && name == "split" && given.is == Is::text &&
        given.text == "@")
      return {Is::parts};
    if (of.is == Is::optional && name == "endsWith" && given.is == Is::text && !given.text.empty())
      return truly({fmt::format("({} else \"\") ends with {}", of.text, literal(given.text))});
    if (name == "includes" || name == "has") return truly(contains(of, given));
    if (name == "indexOf") return {Is::place, {}, 0, {}, contains(of, given)};
    throw Unknown{};
  }
  Condition contains(const Value& of, const Value& given) {
    if (of.is == Is::list) return among(given, of.list);
    if (of.is == Is::set && given.is == Is::text) return {literal(given.text) + " in " + of.text};
    throw Unknown{};
  }
  Value apply(const Value& called, const Expression& expression, Environment* names) {
    if (called.is != Is::function || called.function->keys.size() != expression.parts.size() - 1) throw Unknown{};
    std::vector<Value> given;
    for (std::size_t i = 1; i < expression.parts.size(); ++i) given.push_back(value(expression.parts[i], names));
    return result(called, given);
  }
  // Of a function that only computes: one `return`.
  Value result(const Value& called, const std::vector<Value>& given) {
    if (++calls_ > 200) throw Unknown{};
    const auto& body = called.function->body;
    Environment* const inner = &environments_.emplace_back(Environment{{}, called.environment});
    for (std::size_t i = 0; i < given.size(); ++i) inner->names[called.function->keys[i]] = given[i];
    for (const auto& statement : body) {
      if (statement.kind == Statement::Kind::let && !statement.value.empty())
        inner->names[statement.name] = value(statement.value.front(), inner);
      else if (statement.kind == Statement::Kind::give_back && !statement.value.empty())
        return value(statement.value.front(), inner);
      else
        throw Unknown{};
    }
    throw Unknown{};
  }

  const Making& making_;
  bool action_;
  Understood made_;
  std::deque<Environment> environments_;  // those of functions that are called, until all has run
  Condition guard_;                       // under which what is being computed is reached
  const ConnectionOptions* options_;      // of the connection that it is run for
  std::size_t steps_ = 0, calls_ = 0, branches_ = 0;
};

Understood for_each_connection(const std::vector<Statement>& program, bool action, const Making& making) {
  Understood all;
  for (const auto& options : connection_options(making)) {
    auto one = Running(making, action, &options).run(program);
    all.effects.insert(all.effects.end(), one.effects.begin(), one.effects.end());
    all.notes = std::move(one.notes);
    if (all.effects.size() > most_effects) throw Unknown{};
  }
  return all;
}

}  // namespace

std::optional<Understood> understand(std::string_view program, bool action, const Making& making) {
  const auto read = script::read(program);
  if (!read) return std::nullopt;
  try {
    try {
      return Running(making, action).run(*read);
    } catch (const OfConnections&) {
      return for_each_connection(*read, action, making);
    }
  } catch (const Unknown&) {
    return std::nullopt;
  }
}

}  // namespace writ::importing::auth0
