// Clients: where they send people back to, who may speak to them, how long what they are given lives.
#include "compiler/lint/rule.h"
#include "runtime/program/spelling.h"

#include <algorithm>

namespace writ::lint {

namespace {

// A text that a deployment was to replace: `##URL##`, `@@URL@@`, `${URL}`, `{{url}}`.
bool is_placeholder(std::string_view text) {
  for (const auto& [open, close] :
       {std::pair("##", "##"), std::pair("@@", "@@"), std::pair("${", "}"), std::pair("{{", "}}")})
    if (const auto at = text.find(open);
        at != std::string_view::npos && text.find(close, at + 3) != std::string_view::npos)
      return true;
  return false;
}

// An address in its parts, as far as these rules ask: `scheme://host[:port]rest`.
struct Address {
  std::string scheme, host;
  std::string_view rest;  // path, query and fragment
};
Address parts_of(std::string_view text) {
  Address address;
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return address;
  address.scheme = lower_case(text.substr(0, colon));
  text.remove_prefix(colon + 1);
  if (!text.starts_with("//")) {
    address.rest = text;
    return address;
  }
  text.remove_prefix(2);
  const auto end = std::min(text.find_first_of("/?#"), text.size());
  std::string_view host = text.substr(0, end);
  address.rest = text.substr(end);
  if (const auto at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  if (host.starts_with('['))
    host = host.substr(0, std::min(host.find(']'), host.size() - 1) + 1);
  else
    host = host.substr(0, host.find(':'));
  address.host = lower_case(host);
  return address;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || host.starts_with("127.");
}

template <class List, class Texts, class Action>
void each_text(const ClientView& client, const Texts& texts, Action&& action) {
  const auto* list = first<List>(client.body());
  if (list == nullptr) return;
  for (const std::string& text : texts) action(text, place_of(*client.declared.tree, *list, text));
}
template <class Action>
void each_callback(const TenantView& tenant, Action&& action) {
  for (const ClientView& client : tenant.clients)
    each_text<tree::Callbacks>(client, client.record->callbacks, [&](const std::string& text, Span span) {
      if (!is_placeholder(text)) action(client, parts_of(text), text, span);
    });
}
template <class Action>
void each_origin(const TenantView& tenant, Action&& action) {
  for (const ClientView& client : tenant.clients)
    each_text<tree::Origins>(client, client.record->origins, [&](const std::string& text, Span span) {
      if (!is_placeholder(text)) action(parts_of(text), text, span);
    });
}

// `"http://x"` → `"https://x"`, where the literal itself stands there.
void offer_https(const TenantView& tenant, Diagnostic& what, Span span) {
  const std::string_view written = tenant.set->text(span);
  if (lower_case(written.substr(0, 6)) == "\"http:")
    what.fix("write `https`", span, "\"https:" + std::string(written.substr(6)));
}

// ---------------------------------------------------------------- callbacks

void http_callback(const TenantView& tenant, Report& report) {
  each_callback(tenant, [&](const ClientView&, const Address& address, const std::string& text, Span span) {
    if (address.scheme != "http" || is_loopback(address.host) || report.told(span)) return;
    offer_https(tenant,
                report.add(span, "callback " + in_ticks(text) + " is not encrypted")
                    .under("whoever is on the way reads the code in it"),
                span);
  });
}

void localhost_callback(const TenantView& tenant, Report& report) {
  each_callback(tenant, [&](const ClientView& client, const Address& address, const std::string& text, Span span) {
    if (client.record->type == ClientType::native || !is_loopback(address.host) || report.told(span)) return;
    report.add(span, "callback " + in_ticks(text) + " leads to the user's own machine")
        .under("whatever listens there is given the code")
        .hint("keep what developers need in a client of its own, outside of what production loads");
  });
}

void wildcard_callback(const TenantView& tenant, Report& report) {
  each_callback(tenant, [&](const ClientView&, const Address&, const std::string& text, Span span) {
    if (text.find('*') == std::string::npos || report.told(span)) return;
    report.add(span, "callback " + in_ticks(text) + " holds a `*`")
        .under("callbacks are compared whole: this one equals nothing that a browser sends")
        .hint("list every callback; a pattern would also take the ones nobody thought of");
  });
}

void script_callback(const TenantView& tenant, Report& report) {
  constexpr std::array dangerous = {"javascript", "data", "vbscript", "file", "blob"};
  each_callback(tenant, [&](const ClientView&, const Address& address, const std::string& text, Span span) {
    if (std::ranges::find(dangerous, address.scheme) == dangerous.end() || report.told(span)) return;
    report.add(span, "callback " + in_ticks(text) + " is no place to send anybody")
        .under("a browser runs or opens it in the page it comes from")
        .hint("write where the application answers: `\"https://app.example.com/callback\"`");
  });
}

void app_scheme_for_browser(const TenantView& tenant, Report& report) {
  constexpr std::array known = {"https", "http", "javascript", "data", "vbscript", "file", "blob"};
  each_callback(tenant, [&](const ClientView& client, const Address& address, const std::string& text, Span span) {
    const bool browser = client.record->type == ClientType::spa || client.record->type == ClientType::web;
    if (!browser || std::ranges::find(known, address.scheme) != known.end() || report.told(span)) return;
    report
        .add(span, "callback " + in_ticks(text) + " of a " +
                       std::string(client_type_names[static_cast<std::size_t>(client.record->type)]) +
                       " client is no web address")
        .under(address.scheme.empty() ? "it has no scheme"
                                      : "any app of the device may register `" + address.scheme + "`")
        .hint("write `https://…`, or declare the client `native`");
  });
}

void callback_fragment(const TenantView& tenant, Report& report) {
  each_callback(tenant, [&](const ClientView&, const Address&, const std::string& text, Span span) {
    const auto hash = text.find('#');
    if (hash == std::string::npos || report.told(span)) return;
    Diagnostic& what = report.add(span, "callback " + in_ticks(text) + " has a fragment")
                           .under("a server never sees what stands behind `#`");
    if (tenant.set->text(span) == "\"" + text + "\"")
      what.fix("leave it out", span, "\"" + text.substr(0, hash) + "\"");
  });
}

// ---------------------------------------------------------------- origins

void http_origin(const TenantView& tenant, Report& report) {
  each_origin(tenant, [&](const Address& address, const std::string& text, Span span) {
    if (address.scheme != "http" || is_loopback(address.host) || report.told(span)) return;
    offer_https(tenant,
                report.add(span, "origin " + in_ticks(text) + " is not encrypted")
                    .under("whoever is on the way can be this origin"),
                span);
  });
}

void wildcard_origin(const TenantView& tenant, Report& report) {
  each_origin(tenant, [&](const Address&, const std::string& text, Span span) {
    if (text.find('*') == std::string::npos || report.told(span)) return;
    report.add(span, "origin " + in_ticks(text) + " holds a `*`")
        .under("every page it covers may use the answers meant for this client")
        .hint("list the origins");
  });
}

void origin_with_path(const TenantView& tenant, Report& report) {
  each_origin(tenant, [&](const Address& address, const std::string& text, Span span) {
    if (address.rest.empty() || address.host.empty() || report.told(span)) return;
    Diagnostic& what = report.add(span, "origin " + in_ticks(text) + " has a path")
                           .under("a browser's `Origin` ends with host and port: this one never equals it");
    if (tenant.set->text(span) == "\"" + text + "\"")
      what.safe_fix("leave it out", span, "\"" + text.substr(0, text.size() - address.rest.size()) + "\"");
  });
}

// ---------------------------------------------------------------- grants and tokens

// The word of a grant in a client's list.
Span grant_place(const ClientView& client, std::string_view grant) {
  if (const auto* grants = first<tree::Grants>(client.body()))
    for (const auto& name : grants->names)
      if (name.text == grant) return name.span;
  return client.name();
}

void secret_in_public_client(const TenantView& tenant, Report& report) {
  for (const ClientView& client : tenant.clients) {
    const bool is_public = client.record->type == ClientType::spa || client.record->type == ClientType::native;
    if (!is_public || !client.grants("client_credentials")) continue;
    const Span span = grant_place(client, "client_credentials");
    if (report.told(span)) continue;
    report
        .add(span, "client " + in_ticks(client.record->name) + " runs on users' machines and has `client_credentials`")
        .under("its secret is in everybody's hands")
        .at(client.declared->type.span, "of this type")
        .hint("give the work of the machine to a client of type `m2m`");
  }
}

void device_code_in_browser(const TenantView& tenant, Report& report) {
  for (const ClientView& client : tenant.clients) {
    const bool browser = client.record->type == ClientType::spa || client.record->type == ClientType::web;
    if (!browser || !client.grants("device_code")) continue;
    const Span span = grant_place(client, "device_code");
    if (report.told(span)) continue;
    report.add(span, "client " + in_ticks(client.record->name) + " has a browser and takes device codes")
        .under("who is talked into typing a code signs somebody else in")
        .at(client.declared->type.span, "of this type")
        .hint("device codes are for machines without a browser: a client of type `native`");
  }
}

void long_access_token(const TenantView& tenant, Report& report) {
  constexpr std::int64_t day = 86'400'000'000;
  for (const ClientView& client : tenant.clients) {
    const auto* lifetimes = first<tree::Lifetimes>(client.body());
    if (lifetimes == nullptr || client.record->access_token <= day || report.told(lifetimes->span)) continue;
    report
        .add(lifetimes->span, "access tokens of client " + in_ticks(client.record->name) + " live " +
                                  duration_to_text(client.record->access_token))
        .under("none of it is asked again in that time: a block, a lost role, a stolen token")
        .hint("minutes to hours, and a refresh token, whose use `refresh` rules decide");
  }
}

void refresh_without_end(const TenantView& tenant, Report& report) {
  for (const ClientView& client : tenant.clients) {
    if (client.record->type == ClientType::m2m || !client.grants("refresh_token")) continue;
    if (client.record->refresh_token >= 0 || client.record->session.absolute >= 0) continue;
    const Span span = grant_place(client, "refresh_token");
    if (report.told(span)) continue;
    report.add(span, "refresh tokens of client " + in_ticks(client.record->name) + " have no end")
        .under("neither `lifetimes { refresh_token … }` nor `session { absolute … }` ends them")
        .hint("say how long: `lifetimes { refresh_token 30d }`");
  }
}

void http_issuer(const TenantView& tenant, Report& report) {
  const auto tell = [&](std::string_view text, Span span) {
    if (!lower_case(text.substr(0, 5)).starts_with("http:") || report.told(span)) return;
    offer_https(tenant,
                report.add(span, "issuer " + in_ticks(text) + " is not encrypted")
                    .under("its keys are fetched over the same way, by whoever answers"),
                span);
  };
  for (const ConnectionView& connection : tenant.connections)
    if (const auto* issuer = first<tree::Issuer>(connection.body()))
      tell(connection.record->issuer, (*connection.declared.tree)[issuer->value].span);
  for (const Body& body : tenant.bodies)
    each<tree::Issuers>(body, [&](const tree::Issuers& issuers) {
      for (const auto& text : tenant.part().issuers) tell(text, place_of(*body.tree, issuers, text));
    });
}

void placeholder(const SetView& set, Report& report) {
  for (const auto* tree : set.trees)
    for (const tree::Expr& expression : tree->expressions) {
      const auto* literal = std::get_if<tree::Literal>(&expression.node);
      const auto* text = literal == nullptr ? nullptr : std::get_if<std::string>(&literal->value);
      if (text == nullptr || !is_placeholder(*text)) continue;
      report.add(expression.span, in_ticks(*text) + " was to be replaced by something")
          .under("nobody filled it in")
          .hint("write what is meant; a policy's own placeholders are a template's parameters");
    }
}

// What `writ import` says at the head of a file, and what it could not say in Writ.
void not_translated(const SetView& set, Report& report) {
  for (const auto* tree : set.trees)
    for (const tree::Comment& comment : tree->comments) {
      const std::string_view text = comment.text;
      if (!text.starts_with("// Not translated: ") && !text.starts_with("// Left out: ")) continue;
      report.add(comment.span, "the source of this import does something that this policy does not")
          .under("it was not understood, or cannot be said")
          .hint("write what it denies and asks for as rules, then take the comment away");
    }
}

// What `writ import` says of a thing of the source, behind `words`, that is a problem there.
template <class Action>
void each_remark(const SetView& set, std::string_view words, Action&& action) {
  for (const auto* tree : set.trees)
    for (const tree::Comment& comment : tree->comments) {
      std::string_view text = comment.text;
      if (!text.starts_with(words)) continue;
      text.remove_prefix(words.size());
      while (text.ends_with('.') || text.ends_with('\r')) text.remove_suffix(1);
      action(comment.span, bounded(std::string(text)));
    }
}

void grant_left_out(const SetView& set, Report& report) {
  each_remark(set, "// Grant left out: ", [&](Span span, const std::string& grant) {
    report.add(span, "the source of this import let an application use the grant " + in_ticks(grant))
        .under("Writ has none of that name: requests by it are denied")
        .hint("move the application to `authorization_code` with PKCE, then take the comment away");
  });
}

void password_disabled(const SetView& set, Report& report) {
  each_remark(set, "// Declared and not enabled: ", [&](Span span, const std::string& what) {
    report.add(span, in_ticks(what) + " is declared in the source of this import and not enforced there")
        .under("so this policy does not ask for it either")
        .hint("write it into the password policy (`history 5`, `reject personal`, `reject common`), or take the "
              "comment away");
  });
}

constexpr auto table = std::to_array<Rule>({
    {{"http-callback", Group::security, Level::error, "a callback that is not encrypted"}, http_callback},
    {{"localhost-callback", Group::security, Level::warning, "a callback to the user's own machine"},
     localhost_callback},
    {{"wildcard-callback", Group::security, Level::error, "a callback with a `*`"}, wildcard_callback},
    {{"script-callback", Group::security, Level::error, "a callback that a browser runs"}, script_callback},
    {{"app-scheme-for-browser", Group::security, Level::warning,
      "a browser's client that is called back by an app's scheme"},
     app_scheme_for_browser},
    {{"callback-fragment", Group::security, Level::error, "a callback with a fragment"}, callback_fragment},
    {{"http-origin", Group::security, Level::error, "an origin that is not encrypted"}, http_origin},
    {{"wildcard-origin", Group::security, Level::error, "an origin with a `*`"}, wildcard_origin},
    {{"origin-with-path", Group::clarity, Level::warning, "an origin with a path, which no browser sends"},
     origin_with_path},
    {{"secret-in-public-client", Group::security, Level::error, "a client secret on users' machines"},
     secret_in_public_client},
    {{"device-code-in-browser", Group::security, Level::warning, "device codes for a client that has a browser"},
     device_code_in_browser},
    {{"long-access-token", Group::security, Level::warning, "access tokens that live longer than a day"},
     long_access_token},
    {{"refresh-without-end", Group::security, Level::info, "refresh tokens that never end"}, refresh_without_end},
    {{"placeholder", Group::clarity, Level::warning, "a text that a deployment was to replace"}, nullptr, placeholder},
    {{"not-translated", Group::security, Level::warning, "a part of an import's source that this policy lacks"},
     nullptr,
     not_translated},
    {{"grant-left-out", Group::security, Level::warning, "a grant of an import's source that this policy refuses"},
     nullptr,
     grant_left_out},
    {{"password-disabled", Group::security, Level::warning,
      "a part of a password policy that an import's source declares and does not enforce"},
     nullptr,
     password_disabled},
    {{"http-issuer", Group::security, Level::error, "an issuer that is not encrypted"}, http_issuer},
});

}  // namespace

std::span<const Rule> client_rules() { return table; }

}  // namespace writ::lint
