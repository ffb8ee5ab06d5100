// Settings: what a tenant, a connection or the platform says about itself with literals. Texts are taken with their places, numbers are
// checked against what they can mean, and where several blocks speak of one thing the strictest wins.
#include "compiler/check/tenant.h"
#include "runtime/program/spelling.h"

#include <algorithm>

namespace writ::check {

namespace {

constexpr std::int64_t highest_attempts = 1'000'000;
constexpr std::int64_t longest_issuer = 2'048;  // bytes
constexpr std::size_t hops = 64;                // lets that stand for lets

Diagnostic& refuse_domain(Run& run, std::string_view what, const tree::Text& text) {
  auto& diagnostic =
      run.diagnostics.add(Code::bad_domain, text.span, in_ticks(text.text) + " is no " + std::string(what));
  const std::string lower = lower_case(text.text);
  if (lower != text.text && is_domain(lower))
    diagnostic.fix("write it in lower case: `\"" + lower + "\"`", text.span, "\"" + lower + "\"");
  else if (std::ranges::any_of(text.text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
    diagnostic.hint("write its A-label, as in DNS: `xn--…`");
  else if (const std::string host = host_of(text.text); is_domain(host))
    diagnostic.fix("leave out all but the host: `\"" + host + "\"`", text.span, "\"" + host + "\"");
  else
    diagnostic.hint("labels of lower-case letters, digits and `-` with dots between them: `\"example.com\"`");
  return diagnostic;
}

std::string text_of(const tree::Literal& literal) {
  using Kind = tree::Literal::Kind;
  switch (literal.kind) {
  case Kind::boolean: return std::get<bool>(literal.value) ? "true" : "false";
  case Kind::integer:
  case Kind::clock: return std::to_string(std::get<std::int64_t>(literal.value));
  case Kind::string: return std::get<std::string>(literal.value);
  case Kind::duration: return duration_to_text(std::get<std::int64_t>(literal.value));
  case Kind::time: return time_to_text(std::get<std::int64_t>(literal.value));
  case Kind::ip: return to_text(std::get<Ip>(literal.value));
  case Kind::cidr: return to_text(std::get<Cidr>(literal.value));
  }
  return {};
}

// Hosts or issuers of a tenant, each unique over the set.
void claim(TenantCheck& tenant, std::string_view what, const tree::Text& text,
           std::unordered_map<std::string, Claim> Claims::* table, std::vector<std::string>& into) {
  into.push_back(text.text);
  tenant.claimed.push_back({what, table, text.text, text.span});
}

std::vector<tree::Text> texts_of(Run& run, const Block& block, std::span<const tree::ExprId> items) {
  return strings_of(*block.scope, *block.tree, items, run.sources, run.diagnostics);
}

}  // namespace

bool in_range(Run& run, Span span, std::string_view what, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value >= low && value <= high) return true;
  run.diagnostics
      .add(Code::setting_out_of_range, span,
           std::string(what) + " is from " + std::to_string(low) + " to " + std::to_string(high) + ", not " +
               in_ticks(std::to_string(value)))
      .hint(value < low ? "the least is " + std::to_string(low) : "the most is " + std::to_string(high));
  return false;
}

bool positive_duration(Run& run, Span span, std::string_view what, std::int64_t micros) {
  if (micros > 0) return true;
  run.diagnostics.add(Code::setting_out_of_range, span, in_ticks(run.sources.text(span)) + " is no time at all")
      .hint("write how long: `" + std::string(what) + " 15m`");
  return false;
}

std::vector<std::string> strings_of_items(Run& run, const Block& block, std::span<const tree::ExprId> items) {
  std::vector<std::string> list;
  for (auto& text : texts_of(run, block, items)) list.push_back(std::move(text.text));
  return list;
}

std::string setting_text(const Scope& scope, const tree::Tree& tree, tree::ExprId value, Run& run) {
  const Scope* here = &scope;
  const tree::Tree* in = &tree;
  for (std::size_t i = 0; i < hops; ++i) {
    const auto& expression = (*in)[value];
    if (const auto* literal = std::get_if<tree::Literal>(&expression.node)) return text_of(*literal);
    const auto* path = std::get_if<tree::Path>(&expression.node);
    if (path == nullptr || path->parts.size() != 1) break;
    const std::string& word = path->parts[0].text;
    const Argument* argument = nullptr;
    const LetEntry* let = nullptr;
    for (const Scope* level = here; level != nullptr && argument == nullptr && let == nullptr; level = level->outer) {
      if (const auto found = level->arguments.find(word); found != level->arguments.end())
        argument = &found->second;
      else if (const auto named = level->lets.find(word); named != level->lets.end())
        let = &named->second;
    }
    if (argument != nullptr)
      in = argument->tree, value = argument->value;
    else if (let != nullptr)
      in = let->tree, here = let->scope, value = let->let->value;
    else
      return word;
  }
  run.diagnostics
      .add(Code::not_a_constant, tree[value].span,
           "a setting is a literal or a word, not " + in_ticks(run.sources.text(tree[value].span)))
      .hint("a text stands in quotes");
  return {};
}

std::vector<std::string> domains_of(Run& run, const Block& block) {
  std::vector<std::string> list;
  const auto* domains = only<tree::Domains>(run, block, "domains");
  if (domains == nullptr) return list;
  std::vector<tree::Text> texts = texts_of(run, block, domains->items);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (!is_domain(texts[i].text)) refuse_domain(run, "domain", texts[i]);
    const auto first = std::ranges::find(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(i), texts[i].text,
                                         &tree::Text::text);
    if (first != texts.begin() + static_cast<std::ptrdiff_t>(i))
      given_twice(run, texts[i].text, texts[i].span, first->span).hint("keep one of them");
    else
      list.push_back(texts[i].text);
  }
  return list;
}

void read_branding(Run& run, const Block& block, std::string& logo,
                   std::vector<std::pair<std::string, std::string>>& colors) {
  const auto* branding = only<tree::Branding>(run, block, "branding");
  if (branding == nullptr) return;
  if (branding->logo) logo = branding->logo->text;
  for (const auto& [name, color] : branding->colors) {
    const auto known = std::ranges::find(colors, name.text, &std::pair<std::string, std::string>::first);
    if (known == colors.end())
      colors.emplace_back(name.text, color.text);
    else
      known->second = color.text;
  }
}

void read_features(const Block& block, std::vector<std::string>& features) {
  each<tree::Features>(block, [&](const tree::Features& node) {
    for (const auto& name : node.names)
      if (std::ranges::find(features, name.text) == features.end()) features.push_back(name.text);
  });
}

void read_lockouts(Run& run, const Block& block, std::int32_t connection, std::vector<program::Lockout>& lockouts) {
  each<tree::LockoutDecl>(block, [&](const tree::LockoutDecl& written) {
    const auto declaration = with_numbers(run, *block.scope, *block.tree, written);
    program::Lockout lockout;
    lockout.counter =
        static_cast<program::Lockout::Counter>(declaration.per == tree::LockoutDecl::Per::identifier          ? 0
                                               : declaration.per == tree::LockoutDecl::Per::identifier_and_ip ? 1
                                                                                                              : 2);
    lockout.attempts = declaration.attempts;
    const Span attempts = declaration.attempts_span.known() ? declaration.attempts_span : declaration.span;
    if (std::ranges::find(declaration.given, 0, &tree::Given::place) == declaration.given.end())
      in_range(run, attempts, "a lockout's number of attempts", declaration.attempts, 1, highest_attempts);
    const auto entry = [&](std::string_view word) { return entry_in(run.sources, declaration.span, word); };
    if (declaration.block && positive_duration(run, entry("block"), "block", *declaration.block))
      lockout.block = *declaration.block;
    if (declaration.within && positive_duration(run, entry("within"), "within", *declaration.within))
      lockout.within = *declaration.within;
    if (lockout.within >= 0 && lockout.block > lockout.within) {
      const auto within = run.sources.text(entry("within"));
      run.diagnostics
          .add(Code::setting_out_of_range, entry("block"),
               in_ticks(run.sources.text(entry("block"))) + " would end with " + in_ticks(within) +
                   ", after which failed attempts are not counted any more")
          .hint("let `within` be at least as long as `block`");
    }
    lockout.exempt = declaration.exempt;
    lockout.connection = connection;
    lockouts.push_back(std::move(lockout));
  });
}

void tighten(Run& run, const Block& block, program::Session& session) {
  const auto stricter = [&run](Span span, std::string_view what, const std::optional<std::int64_t>& value,
                               std::int64_t& into) {
    if (value && positive_duration(run, entry_in(run.sources, span, what), what, *value))
      into = into < 0 ? *value : std::min(into, *value);
  };
  if (const auto* written = only<tree::Session>(run, block, "session")) {
    const auto node = with_numbers(run, *block.scope, *block.tree, *written);
    stricter(node.span, "idle", node.idle, session.idle);
    stricter(node.span, "absolute", node.absolute, session.absolute);
  }
}

// What stands at the tenant's own level, each body adding to the others.
void read_settings(TenantCheck& tenant) {
  Run& run = tenant.run;
  auto& part = tenant.result.structure;
  if (tenant.source.tenant->title) part.title = tenant.source.tenant->title->text;
  part.lockouts = tenant.platform.lockouts;
  program::Session session = tenant.platform.session;
  for (const auto& body : tenant.bodies) {
    each<tree::Hosts>(body, [&](const tree::Hosts& node) {
      for (const auto& host : texts_of(run, body, node.items)) {
        if (!is_domain(host.text)) refuse_domain(run, "host name", host);
        claim(tenant, "host", host, &Claims::hosts, part.hosts);
      }
    });
    each<tree::Issuers>(body, [&](const tree::Issuers& node) {
      for (const auto& issuer : texts_of(run, body, node.items)) {
        in_range(run, issuer.span, "the length of an issuer", static_cast<std::int64_t>(issuer.text.size()), 1,
                 longest_issuer);
        claim(tenant, "issuer", issuer, &Claims::issuers, part.issuers);
      }
    });
    read_branding(run, body, part.logo, part.colors);
    read_features(body, part.features);
    read_lockouts(run, body, -1, part.lockouts);
    tighten(run, body, session);
  }
  for (std::size_t i = 0; i < tenant.connections.size(); ++i)
    read_lockouts(run, tenant.connections[i].body, static_cast<std::int32_t>(i), part.lockouts);
  for (auto& client : part.clients) {
    const auto strictest = [](std::int64_t a, std::int64_t b) { return a < 0 ? b : b < 0 ? a : std::min(a, b); };
    client.session.idle = strictest(client.session.idle, session.idle);
    client.session.absolute = strictest(client.session.absolute, session.absolute);
  }
}

}  // namespace writ::check
