// A tenant's text is cut at its constants. Tenants with the same text between them are alike; a constant that is not the same in all of them is a
// parameter, and texts that are always the same as one another are one. Where a parameter may stand is known here roughly and tried.
//
// Things of tenants that are alike have often names of their own (`client acme_shop`, `client globex_shop`). A name is nobody's but the policy's
// where the thing says its id, so in a second look things are named by what they are (`client spa`), and their ids are parameters.
#include "compiler/import/alike.h"

#include "compiler/syntax/print.h"
#include "compiler/syntax/syntax.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace writ::importing {

namespace {

constexpr std::size_t least_for_template = 3, most_parameters = 40;

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// ---------------------------------------------------------------- tokens

struct Token {
  enum class Sort : std::uint8_t {
    word,
    text,
    number,
    mark,
    line
  } sort{};  // a word has its dots with it: `user.groups`
  std::string text;
  std::string before;  // blanks and comments
};
using Sort = Token::Sort;

bool is(const Token& token, std::string_view text) { return token.sort != Sort::text && token.text == text; }

std::vector<Token> tokens_of(std::string_view text, bool with_comments) {
  std::vector<Token> tokens;
  std::string before;
  const auto add = [&](Sort sort, std::size_t begin, std::size_t end) {
    tokens.push_back({sort, std::string(text.substr(begin, end - begin)), std::move(before)});
    before.clear();
    return end;
  };
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    auto end = at + 1;
    if (text.substr(at).starts_with("//")) {
      end = std::min(text.find('\n', at), text.size());
      if (with_comments) before += text.substr(at, end - at);
      const bool alone = tokens.empty() || tokens.back().sort == Sort::line;
      if (!with_comments && alone && end < text.size()) ++end;  // its line with it
      at = end;
    } else if (c == '\n') {
      at = add(Sort::line, at, end);
    } else if (c == ' ' || c == '\t') {
      before += c;
      at = end;
    } else if (c == '"') {
      while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
      at = add(Sort::text, at, std::min(end + 1, text.size()));
    } else if (is_word(c)) {
      const bool digit = c >= '0' && c <= '9';
      const auto goes_on = [&](std::size_t i) {
        if (is_word(text[i]) || text[i] == ':') return is_word(text[i]) || digit;
        return text[i] == '.' && i + 1 < text.size() && is_word(text[i + 1]);  // not the dots of a range
      };
      while (end < text.size() && goes_on(end)) ++end;
      const auto token = text.substr(at, end - at);
      const bool plain = token.find_first_of(".:") == token.npos;
      const bool block = end < text.size() && text[end] == '/';  // of addresses
      at = add(digit && plain && !block ? Sort::number : Sort::word, at, end);
    } else {
      at = add(Sort::mark, at, end);
    }
  }
  return tokens;
}

// ---------------------------------------------------------------- constants

// A stretch of text, and the constant behind it; a list has several texts.
struct Cut {
  enum class Kind : std::uint8_t { none, text, integer, duration, list } kind = Kind::none;
  std::string between;
  std::vector<std::string> values{};
  std::string name{};        // what a parameter for it is called
  bool in_brackets = false;  // a list of an expression
};
using Kind = Cut::Kind;

constexpr std::array lists = {std::pair{"callbacks", "callback"}, std::pair{"origins", "origin"},
                              std::pair{"domains", "domain"}, std::pair{"hosts", "host"},
                              std::pair{"issuers", "issuer"}};
constexpr std::array rules = {"allow", "deny", "require", "report", "let", "obligation"};

// Goes through a tenant's body and knows at each constant where it stands.
class Cutter {
 public:
  std::vector<Cut> run(const std::string& body) {
    const auto tokens = tokens_of(body, false);
    for (at_ = 0; at_ < tokens.size(); ++at_) step(tokens);
    made_.push_back({Kind::none, std::move(between_)});
    return std::move(made_);
  }

 private:
  void step(const std::vector<Token>& tokens) {
    const auto& token = tokens[at_];
    if (first_.empty() && token.sort == Sort::word) first_ = token.text;
    if (token.sort == Sort::text) return text(tokens);
    if (is(token, "[")) return list(tokens);
    const auto name = number_name(tokens);
    if (token.sort == Sort::number && !name.empty())
      cut(token.text.find_first_not_of("0123456789") == token.text.npos ? Kind::integer : Kind::duration, {token.text},
          name, token.before);
    else
      keep(token);
    if (token.sort == Sort::word) {
      if (token.text == "when" || token.text == "unless") condition_ = true;
      if (token.text == "message" || token.text == "note") condition_ = false;
      word_ = token.text;
    }
    if (is(token, "=") && (first_ == "let" || settings_)) condition_ = true;
    if (is(token, "{")) open();
    if (is(token, "}") && !blocks_.empty()) blocks_.pop_back();
    if (token.sort == Sort::line || is(token, "}") || is(token, ";")) first_.clear(), condition_ = false;
    settings_ = !blocks_.empty() && blocks_.back() == "settings";
    previous_ = token;
  }

  void open() {
    blocks_.push_back(first_);
    settings_ = first_ == "settings";
    if (first_ == "settings" || first_ == "session" || first_ == "lifetimes" || first_ == "lockout") first_.clear();
  }
  std::string_view inside() const { return blocks_.empty() ? std::string_view() : std::string_view(blocks_.back()); }

  void keep(const Token& token) { between_ += token.before + token.text; }
  void cut(Kind kind, std::vector<std::string> values, std::string name, const std::string& before,
           bool in_brackets = false) {
    made_.push_back({kind, between_ + before, std::move(values), std::move(name), in_brackets});
    between_.clear();
  }

  bool in_rule() const { return std::ranges::find(rules, first_) != rules.end(); }

  void text(const std::vector<Token>& tokens) {
    const auto& token = tokens[at_];
    const auto* const listed = std::ranges::find(lists, first_, [](const auto& row) { return row.first; });
    if (listed != lists.end()) {
      std::vector<std::string> values{token.text};
      for (; at_ + 2 < tokens.size() && is(tokens[at_ + 1], ",") && tokens[at_ + 2].sort == Sort::text; at_ += 2)
        values.push_back(tokens[at_ + 2].text);
      cut(Kind::list, std::move(values), listed->second, token.before);
    } else if (first_ == "id" || first_ == "issuer") {
      const bool of_thing = inside() == "client" || inside() == "connection" || inside() == "organization";
      cut(Kind::text, {token.text},
          first_ == "issuer" ? "issuer"
          : of_thing         ? fmt::format("{}_id", inside())
                             : "wire_id",
          token.before);
    } else if (condition_ && word_ != "matches" && (in_rule() || settings_) && previous_.sort != Sort::number &&
               previous_.text.find(':') == std::string::npos) {
      cut(Kind::text, {token.text}, "value", token.before);
    } else {
      keep(token);
    }
    previous_ = tokens[at_];
    word_.clear();
  }

  // `["a", "b"]` of a condition.
  void list(const std::vector<Token>& tokens) {
    std::vector<std::string> values;
    auto end = at_ + 1;
    while (end < tokens.size() && tokens[end].sort == Sort::text) {
      values.push_back(tokens[end].text);
      if (++end < tokens.size() && is(tokens[end], ",")) ++end;
    }
    if (values.empty() || end >= tokens.size() || !is(tokens[end], "]") || !condition_ || !in_rule()) {
      keep(tokens[at_]);
      previous_ = tokens[at_];
      return;
    }
    cut(Kind::list, std::move(values), "listed", tokens[at_].before, true);
    at_ = end;
    previous_ = tokens[end];
  }

  // What a number is called where a parameter may stand for it; empty where none may.
  std::string number_name(const std::vector<Token>& tokens) const {
    if (inside() == "session") return word_ == "idle" ? "idle_time" : "session_time";
    if (inside() == "lifetimes") return word_ + "_time";
    if (inside() == "lockout") return word_ == "block" ? "block_time" : word_ == "within" ? "counted_time" : "tries";
    if (inside() == "password")
      return word_ == "length" || is(previous_, ".") ? "password_length" : "password_" + word_;
    if (first_ == "password") return "password_length";  // auth0.good(10)
    const bool clock = at_ + 1 < tokens.size() && is(tokens[at_ + 1], ":");
    if (clock || !in_rule() || (!condition_ && word_ != "within")) return {};
    return "number";
  }

  std::vector<Cut> made_;
  std::string between_, first_, word_;  // the statement's first word, and the last one
  std::vector<std::string> blocks_;     // by what each began
  Token previous_{};
  std::size_t at_ = 0;
  bool condition_ = false, settings_ = false;
};

// How many blanks and empty lines there are between words is nothing: there were comments.
std::string skeleton_of(const std::vector<Cut>& cuts) {
  std::string text;
  bool blank = false;
  for (const auto& cut : cuts) {
    for (const char c : cut.between) {
      const bool is_blank = c == ' ' || c == '\n' || c == '\t';
      if (!is_blank || !blank) text += is_blank ? ' ' : c;
      blank = is_blank;
    }
    text += "\x01" + std::to_string(static_cast<int>(cut.kind));
    blank = false;
  }
  return text;
}

// The body of a tenant: without its name, title and id, which every tenant has for itself.
std::string body_of(Tenant tenant) {
  tenant.wire = tenant.name;
  tenant.title.clear();
  const auto text = plain_text(tenant);
  const auto begin = text.find("\ntenant ");
  return text.substr(text.find('{', begin) + 1);
}

// ---------------------------------------------------------------- names

using Renamed = std::map<std::string, std::string>;
struct NewNames {
  Renamed clients, connections, organizations;
  const Renamed* of(std::string_view fact) const {
    return fact == "client"         ? &clients
           : fact == "connection"   ? &connections
           : fact == "organization" ? &organizations
                                    : nullptr;
  }
  bool knows(const std::string& name) const {
    return clients.contains(name) || connections.contains(name) || organizations.contains(name);
  }
};

// The words of a rule's name that are names of things.
std::string in_name(const std::string& text, const NewNames& names) {
  std::string made, word;
  for (const char c : text) {
    if (is_word(c)) {
      word += c;
      continue;
    }
    for (const auto* list : {&names.connections, &names.clients, &names.organizations})
      if (const auto found = list->find(word); found != list->end()) {
        word = found->second;
        break;
      }
    made += std::exchange(word, {}) + c;
  }
  return made;
}

// Names behind `client ==`, `connection in [` and `on` are replaced. A name anywhere else may mean something else: then nothing is.
std::optional<std::string> with_names(const std::string& text, const NewNames& names) {
  static const std::set<std::string_view> days = {"monday",   "tuesday", "wednesday", "thursday", "friday",
                                                  "saturday", "sunday",  "weekdays",  "weekends"};
  const auto tokens = tokens_of(text, true);
  std::string made;
  const Renamed* wanted = nullptr;  // the names of a fact that was just compared
  const Renamed* fact = nullptr;
  bool heads = false;  // it is a rule, and its name may come
  std::string_view first;
  for (const auto& token : tokens) {
    auto word = token.text;
    if (first.empty() && token.sort == Sort::word) {
      first = token.text;
      heads = std::ranges::find(rules, first) != rules.end() && first != "let" && first != "obligation";
    }
    if (is(token, "(")) heads = false;  // what an obligation is given is no name
    if (token.sort == Sort::word && (word == "on" || word == "when" || word == "unless" || word == "message"))
      heads = false;
    if (token.sort == Sort::text && heads) {
      word = in_name(word, names);
      heads = false;
    } else if (token.sort == Sort::word || token.sort == Sort::text) {
      const auto name = token.sort == Sort::text ? word.substr(1, word.size() - 2) : word;
      if (wanted != nullptr && wanted->contains(name) && !days.contains(name))
        word = wanted->at(name);
      else if (token.sort == Sort::word && names.knows(name))
        return std::nullopt;
      else if (token.sort == Sort::word && name == "on")
        wanted = &names.connections;
      else if (token.sort == Sort::word && name != "not" && name != "in")
        fact = names.of(name), wanted = nullptr;
    } else if (is(token, "[") || is(token, ",") || is(token, "=") || is(token, "!")) {
      if (fact != nullptr) wanted = fact;
    } else {
      fact = wanted = nullptr;
    }
    made += token.before + word;
  }
  return made;
}

void rename(Named& thing, std::string_view kind, Names& taken, Renamed& names) {
  auto name = taken.make(kind);
  names.emplace(thing.name, name);
  thing.name = std::move(name);
  thing.says_id = true;
}

// Things named by what they are. Nothing where a name may mean something else.
std::optional<Tenant> plainly_named(Tenant tenant) {
  if (in_files_of_their_own(tenant)) return std::nullopt;  // those name its connections, too
  NewNames names;
  Names clients("client"), connections("connection"), organizations("organization");
  for (auto& one : tenant.connections)
    rename(one, std::string(strategies[one.strategy].name) + "_connection", connections, names.connections);
  for (auto& one : tenant.clients)
    rename(one, std::string(client_type_names[static_cast<std::size_t>(one.type)]) + "_client", clients, names.clients);
  for (auto& one : tenant.organizations) rename(one, "organization_1", organizations, names.organizations);
  const auto replace = [&](std::vector<std::string>& list) {
    return std::ranges::all_of(list, [&](std::string& text) {
      auto made = with_names(text, names);
      if (made) text = std::move(*made);
      return made.has_value();
    });
  };
  bool good = replace(tenant.preamble) && replace(tenant.zones) && replace(tenant.rules);
  for (auto& one : tenant.connections) good = good && replace(one.statements);
  return good ? std::optional(std::move(tenant)) : std::nullopt;
}

// ---------------------------------------------------------------- templates

struct Alike {
  std::vector<std::size_t> tenants;
  std::vector<std::vector<Cut>> cuts;
};

struct Template {
  std::string text;                                   // the declaration
  std::vector<std::vector<std::string>> arguments{};  // of each tenant
};

std::string in_brackets(const std::vector<std::string>& values) { return fmt::format("[{}]", fmt::join(values, ", ")); }

// Nothing where it would have no parameter, or too many to read.
std::optional<Template> template_of(const std::string& name, const Alike& alike) {
  Template made;
  made.arguments.resize(alike.tenants.size());
  std::map<std::pair<std::string, std::vector<std::string>>, std::string> parameters;  // by type and values
  Names names("value");
  std::vector<std::string> declared;
  std::string body;
  for (std::size_t i = 0; i < alike.cuts.front().size(); ++i) {
    const auto& first = alike.cuts.front()[i];
    body += first.between;
    if (first.kind == Kind::none) continue;
    const auto all = [&](const auto& holds) {
      return std::ranges::all_of(alike.cuts, [&](const auto& one) { return holds(one[i].values); });
    };
    if (all([&](const auto& values) { return values == first.values; })) {
      const auto text = fmt::format("{}", fmt::join(first.values, ", "));
      body += first.in_brackets ? "[" + text + "]" : text;
      continue;
    }
    const bool one_each =
        first.kind == Kind::list && !first.in_brackets && all([](const auto& values) { return values.size() == 1; });
    const bool list = first.kind == Kind::list && !one_each;
    const std::string type = list                           ? "list of string"
                             : first.kind == Kind::integer  ? "int"
                             : first.kind == Kind::duration ? "duration"
                                                            : "string";
    std::vector<std::string> values;
    for (const auto& one : alike.cuts) values.push_back(list ? in_brackets(one[i].values) : one[i].values.front());
    // Texts that are always one another are one; numbers that are, are so by chance where they are of different things.
    const bool number = first.kind == Kind::integer || first.kind == Kind::duration;
    const auto [found, fresh] = parameters.emplace(std::pair(number ? type + first.name : type, values), "");
    if (fresh) {
      found->second = names.make(list && !first.in_brackets ? first.name + "s" : first.name);
      declared.push_back(found->second + ": " + type);
      for (std::size_t tenant = 0; tenant < values.size(); ++tenant) made.arguments[tenant].push_back(values[tenant]);
    }
    body += found->second;
  }
  if (declared.empty() || declared.size() > most_parameters) return std::nullopt;
  made.text = fmt::format("template {}({}) {{{}", name, fmt::join(declared, ", "), body);
  return made;
}

// What is said of a tenant in comments, and would be lost with the text that its template has instead: who reads or lints the policy is to
// find it.
std::string remarks_of(const Tenant& tenant) {
  std::string remarks;
  for (const auto& one : tenant.comments) remarks += "// " + comment_text(one) + "\n";
  const auto remark = [&](std::string_view text, const Named& thing) {
    remarks += fmt::format("// {} ({}).\n", text.substr(0, text.find_last_not_of('.') + 1), comment_text(thing.wire));
  };
  for (const auto& client : tenant.clients)
    for (const auto& one : client.comments) remark(one, client);
  for (const auto& connection : tenant.connections) {
    for (const auto& one : connection.comments) remark(one, connection);
    for (const auto& one : connection.statements)
      if (one.starts_with("// ")) remark(std::string_view(one).substr(3), connection);
  }
  return remarks;
}

std::string instance_of(const Tenant& tenant, const std::string& of, const std::vector<std::string>& arguments) {
  return fmt::format("writ 1\n// From {}.\n{}\ntenant {}{} from {}({}){}\n", comment_text(tenant.origin),
                     remarks_of(tenant), syntax::name_text(tree::Name{tenant.name, {}}),
                     tenant.title.empty() ? "" : " " + literal(tenant.title), of, fmt::join(arguments, ", "),
                     tenant.wire == tenant.name ? "" : fmt::format(" {{\nid {}\n}}", literal(tenant.wire)));
}

class Finder {
 public:
  Finder(const std::vector<Tenant>& tenants, const Checks& checks) : tenants_(tenants), checks_(checks) {}

  Templates run() {
    look([](const Tenant& tenant) { return std::optional(tenant); });
    look([](const Tenant& tenant) { return plainly_named(tenant); });
    return std::move(made_);
  }

 private:
  // Those that have no template yet, as `as` gives them.
  void look(const std::function<std::optional<Tenant>(const Tenant&)>& as) {
    std::map<std::string, std::size_t> places;  // by skeleton
    std::vector<Alike> groups;                  // in the order of their first tenants
    for (std::size_t i = 0; i < tenants_.size(); ++i) {
      if (made_.instances.contains(i)) continue;
      const auto tenant = as(tenants_[i]);
      if (!tenant) continue;
      auto cuts = Cutter().run(body_of(*tenant));
      const auto [found, fresh] = places.emplace(skeleton_of(cuts), groups.size());
      if (fresh) groups.emplace_back();
      groups[found->second].tenants.push_back(i);
      groups[found->second].cuts.push_back(std::move(cuts));
    }
    for (const auto& group : groups)
      if (group.tenants.size() >= least_for_template) take(group);
  }

  void take(const Alike& group) {
    const auto number = made_.counts.size() + 1;
    const auto name = number == 1 ? std::string("customer") : fmt::format("customer_{}", number);
    const auto found = template_of(name, group);
    if (!found) return;
    std::vector<std::string> instances;
    for (std::size_t i = 0; i < group.tenants.size(); ++i)
      instances.push_back(instance_of(tenants_[group.tenants[i]], name, found->arguments[i]));
    if (!checks_(found->text, instances)) return;
    made_.declarations += "\n" + found->text + "\n";
    made_.counts.emplace_back(name, group.tenants.size());
    for (std::size_t i = 0; i < group.tenants.size(); ++i)
      made_.instances.emplace(group.tenants[i], std::move(instances[i]));
  }

  const std::vector<Tenant>& tenants_;
  const Checks& checks_;
  Templates made_;
};

}  // namespace

Templates templates_of(const std::vector<Tenant>& tenants, const Checks& checks) {
  return Finder(tenants, checks).run();
}

}  // namespace writ::importing
