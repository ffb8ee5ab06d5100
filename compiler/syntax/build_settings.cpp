// Settings: what blocks say beside rules. A setting that is written twice in one settings block is a mistake; which
// statements may be repeated in a block of declarations is the checker's question.
#include "compiler/syntax/build.h"

#include <algorithm>

#include <fmt/format.h>

namespace writ::syntax {

template <class T>
void Builder::once(std::optional<T>& place, T value, Span where, std::string_view what) {
  if (place)
    diagnostics_.add(Code::said_twice, where, fmt::format("`{}` is written twice", what)).hint("keep one of them");
  else
    place = std::move(value);
}

bool Builder::is_given(const tree::Givens& list, std::size_t place) {
  return std::ranges::find(list, static_cast<std::uint8_t>(place), &tree::Given::place) != list.end();
}

void Builder::given(tree::Givens& list, std::size_t place, Leaf* word) {
  const auto where = span(word);
  list.push_back({static_cast<std::uint8_t>(place), add(tree::Path{{{std::string(text(word)), where, false}}}, where)});
}

// A period of a settings block, as itself or as a word.
template <class Node>
void Builder::period(Node& made, std::size_t place, std::optional<std::int64_t>& into, Leaf* written, Leaf* word,
                     Span where, std::string_view what) {
  if (into || is_given(made.given, place))
    diagnostics_.add(Code::said_twice, where, fmt::format("`{}` is written twice", what)).hint("keep one of them");
  else if (word != nullptr)
    given(made.given, place, word);
  else
    into = duration(written);
}

tree::Session Builder::session(P::SessionItemContext* context) {
  tree::Session made;
  for (auto* entry : context->sessionEntry()) {
    if (entry->exception) continue;
    const bool idle = entry->IDLE() != nullptr;
    period(made, idle ? 0 : 1, idle ? made.idle : made.absolute, entry->DURATION(), entry->WORD(), span(entry),
           idle ? "idle" : "absolute");
  }
  made.span = span(context);
  return made;
}

tree::LockoutDecl Builder::lockout(P::LockoutItemContext* context) {
  using Per = tree::LockoutDecl::Per;
  tree::LockoutDecl made;
  bool counted = false, broken = false;
  for (auto* entry : context->lockoutEntry()) {
    if (entry->exception) {
      broken = true;
    } else if (entry->BLOCK() != nullptr) {
      period(made, 2, made.block, entry->DURATION(), entry->WORD().empty() ? nullptr : entry->WORD(0), span(entry),
             "block");
    } else if (entry->EXEMPT() != nullptr) {
      for (auto* one : entry->network()) made.exempt.push_back(network(one));
    } else if (counted) {
      diagnostics_.add(Code::said_twice, span(entry), "attempts are counted twice")
          .at(made.attempts_span, "first here")
          .hint("write a second `lockout` for another way of counting");
    } else {
      counted = true;
      const auto words = entry->WORD();
      auto* attempts = entry->INTEGER() != nullptr ? entry->INTEGER() : words.front();
      made.attempts_span = span(attempts);
      if (entry->INTEGER() != nullptr)
        made.attempts = integer(attempts);
      else
        given(made.given, 0, attempts);
      made.per = entry->IDENTIFIER() == nullptr ? Per::ip
                 : entry->AND() != nullptr      ? Per::identifier_and_ip
                                                : Per::identifier;
      if (entry->DURATION() != nullptr)
        made.within = duration(entry->DURATION());
      else if (entry->WITHIN() != nullptr)
        given(made.given, 1, words.back());
    }
  }
  made.span = span(context);
  if (!counted && !broken && !said_within(made.span)) {
    made.attempts_span = span(context->LOCKOUT());
    diagnostics_.add(Code::unexpected_text, made.attempts_span, "this lockout counts nothing")
        .hint("say how many attempts are too many: lockout { 10 attempts per identifier and ip; block 15m }");
  }
  return made;
}

tree::ZoneDecl Builder::zone(P::ZoneItemContext* context) {
  tree::ZoneDecl made;
  made.name = name(context->name());
  for (auto* part : context->zonePart()) {
    if (part->network() != nullptr)
      made.cidrs.push_back(network(part->network()));
    else if (part->COUNTRY() != nullptr)
      made.countries.push_back(string(part->STRING()));
    else
      made.asns.emplace_back(integer(part->INTEGER()), span(part->INTEGER()));
  }
  made.span = span(context);
  if (const auto places = context->zonePart().size(); places > limits_.zone_places)
    diagnostics_.add(Code::list_too_long, made.name.span, fmt::format("a zone of {} places", places))
        .hint(fmt::format("zones have at most {} blocks, countries and networks; write wider blocks",
                          limits_.zone_places));
  return made;
}

tree::Branding Builder::branding(P::BrandingItemContext* context) {
  tree::Branding made;
  for (auto* entry : context->brandingEntry()) {
    if (entry->exception) continue;
    if (entry->LOGO() != nullptr) once(made.logo, string(entry->STRING()), span(entry), "logo");
    for (auto* color : entry->color()) made.colors.emplace_back(name(color->name()), string(color->STRING()));
  }
  made.span = span(context);
  return made;
}

tree::Lifetimes Builder::lifetimes(P::LifetimesItemContext* context) {
  tree::Lifetimes made;
  for (auto* entry : context->lifetime()) {
    if (entry->exception) continue;
    const auto take = [&](std::size_t place, std::optional<std::int64_t>& into, std::string_view what) {
      period(made, place, into, entry->DURATION(), entry->WORD(), span(entry), what);
    };
    if (entry->ACCESS_TOKEN() != nullptr)
      take(0, made.access_token, "access_token");
    else if (entry->REFRESH_TOKEN() != nullptr)
      take(1, made.refresh_token, "refresh_token");
    else
      take(2, made.id_token, "id_token");
  }
  made.span = span(context);
  return made;
}

tree::Settings Builder::settings(P::SettingsItemContext* context) {
  tree::Settings made;
  for (auto* entry : context->setting())
    if (!entry->exception) {
      auto key = name(entry->name());
      made.values.emplace_back(std::move(key), sum(entry->sum()));
    }
  made.span = span(context);
  return made;
}

tree::Members Builder::members(P::JoinsItemContext* context) {
  tree::Members made;
  if (context->wireNames() != nullptr) made.via = names(context->wireNames());
  made.span = span(context);
  return made;
}

tree::SettingAssign Builder::setting(P::TenantSettingContext* context) {
  tree::SettingAssign made;
  made.path.push_back({std::string(text(context->TENANT())), span(context->TENANT()), false});
  for (auto* one : context->MEMBER()) made.path.push_back(member(one));
  made.value = sum(context->sum());
  made.span = span(context);
  return made;
}

template <class List>
List Builder::values(P::ValuesContext* context, Span whole) {
  List made;
  made.items = sums(context->sum());
  made.span = whole;
  return made;
}

// The short ones, each a line.
std::optional<tree::Item> Builder::setting_item(P::ItemContext* context) {
  const auto list = [&]<class List>(List made, P::WireNamesContext* read, Context* whole) {
    made.names = names(read);
    made.span = span(whole);
    return tree::Item(std::move(made));
  };
  if (auto* is = context->sessionItem()) return session(is);
  if (auto* is = context->lockoutItem()) return lockout(is);
  if (auto* is = context->zoneItem()) return zone(is);
  if (auto* is = context->brandingItem()) return branding(is);
  if (auto* is = context->featuresItem()) return list(tree::Features{}, is->wireNames(), is);
  if (auto* is = context->idItem()) return tree::WireId{sum(is->sum()), span(is)};
  if (auto* is = context->tenantSetting()) return setting(is);
  if (auto* is = context->connectionsItem()) return list(tree::Connections{}, is->wireNames(), is);
  if (auto* is = context->grantsItem()) return list(tree::Grants{}, is->wireNames(), is);
  if (auto* is = context->callbacksItem()) return values<tree::Callbacks>(is->values(), span(is));
  if (auto* is = context->originsItem()) return values<tree::Origins>(is->values(), span(is));
  if (auto* is = context->domainsItem()) return values<tree::Domains>(is->values(), span(is));
  if (auto* is = context->hostsItem()) return values<tree::Hosts>(is->values(), span(is));
  if (auto* is = context->issuersItem()) return values<tree::Issuers>(is->values(), span(is));
  if (auto* is = context->issuerItem()) return tree::Issuer{sum(is->sum()), span(is)};
  if (auto* is = context->lifetimesItem()) return lifetimes(is);
  if (auto* is = context->signupItem()) return tree::SignUp{is->OPEN() != nullptr, span(is)};
  if (auto* is = context->organizationsItem()) {
    auto* usage = is->DENY() != nullptr ? is->DENY() : is->ALLOW() != nullptr ? is->ALLOW() : is->REQUIRE();
    return tree::OrganizationsSetting{{std::string(text(usage)), span(usage), false}, span(is)};
  }
  if (auto* is = context->membersItem()) return tree::Members{true, {}, span(is)};
  if (auto* is = context->joinsItem()) return members(is);
  if (auto* is = context->settingsItem()) return settings(is);
  if (auto* is = context->discoverItem()) {
    auto domain = string(is->STRING());
    return tree::Discover{std::move(domain), name(is->wireName()), span(is)};
  }
  if (auto* is = context->limitItem()) return tree::LimitDecl{integer(is->INTEGER()), span(is->INTEGER()), span(is)};
  return std::nullopt;
}

}  // namespace writ::syntax
