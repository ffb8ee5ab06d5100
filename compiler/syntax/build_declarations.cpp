// Declarations and the blocks in them; which statement may stand in which block is placement.h.
#include "compiler/syntax/build.h"
#include "compiler/syntax/habits.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace writ::syntax {

namespace {

struct TypeWord {
  std::string_view text;
  TypeKind kind;
};
constexpr auto type_words = std::to_array<TypeWord>({
    {"bool", TypeKind::boolean},
    {"int", TypeKind::integer},
    {"string", TypeKind::string},
    {"ip", TypeKind::ip},
    {"cidr", TypeKind::cidr},
    {"time", TypeKind::time},
    {"duration", TypeKind::duration},
});

}  // namespace

void Builder::declaration(P::DeclarationContext* context) {
  depth_reported_ = false;
  note_bare(context);
  if (context->exception) return;
  auto& out = tree_.declarations;
  if (auto* is = context->importDecl()) out.emplace_back(tree::ImportDecl{string(is->STRING()), span(is)});
  if (auto* is = context->attributesDecl()) out.emplace_back(attributes(is));
  if (auto* is = context->platformDecl())
    out.emplace_back(tree::PlatformDecl{items(is->block(), Block::platform), span(is), span(is->PLATFORM())});
  if (auto* is = context->clientDecl()) out.emplace_back(client(is));
  if (auto* is = context->tenantDecl()) out.emplace_back(tenant(is));
  if (auto* is = context->extendDecl()) {
    auto extended = name(is->wireName());
    out.emplace_back(tree::ExtendTenantDecl{std::move(extended), items(is->block(), Block::tenant), span(is)});
  }
  if (auto* is = context->templateDecl()) out.emplace_back(template_decl(is));
  if (auto* is = context->letDecl()) out.emplace_back(let(is));
  if (auto* is = context->obligationDecl()) out.emplace_back(obligation_decl(is));
  if (auto* is = context->fixtureDecl()) out.emplace_back(fixture(is));
  if (auto* is = context->testDecl()) out.emplace_back(test(is));
  if (auto* is = context->proveDecl()) out.emplace_back(prove(is));
}

// ---------------------------------------------------------------- blocks

// Statements that may do without a block: behind one, a statement that belongs into it means that the brace is missing.
std::optional<Unopened> Builder::headless(P::ItemContext* context) const {
  if (auto* is = context->clientDecl(); is != nullptr && is->block() == nullptr)
    return Unopened{Block::client, span(is), {}};
  if (auto* is = context->connectionDecl(); is != nullptr && is->block() == nullptr)
    return Unopened{Block::connection, span(is), {}};
  if (auto* is = context->organizationDecl(); is != nullptr && is->block() == nullptr)
    return Unopened{Block::organization, span(is), {}};
  if (auto* is = context->useDecl(); is != nullptr && is->block() == nullptr) return Unopened{Block::use, span(is), {}};
  return std::nullopt;
}

void Builder::note_bare(P::DeclarationContext* context) {
  if (bare_ && map_.column(span(context->start).begin) <= map_.column(bare_->head.begin)) bare_.reset();
  if (bare_ || context->exception) return;
  const auto index = context->start->getTokenIndex();
  if (auto* is = context->tenantDecl(); is != nullptr && is->block() == nullptr)
    bare_ = Bare{Block::tenant, span(is), index};
  if (auto* is = context->clientDecl(); is != nullptr && is->block() == nullptr)
    bare_ = Bare{Block::client, span(is), index};
}

// Whether the parser has said something of this place, so that the builder has nothing to add.
bool Builder::said_within(Span span) const {
  return std::ranges::any_of(diagnostics_.since(first_), [&](const Diagnostic& one) {
    return one.span.begin <= span.end && one.span.end >= span.begin;
  });
}

std::vector<tree::Item> Builder::items(P::BlockContext* context, Block block) {
  std::vector<tree::Item> list;
  if (context == nullptr || context->items() == nullptr) return list;
  std::optional<Unopened> head;
  bool opened = false;  // that `head` should have been is said
  const auto contexts = context->items()->item();
  list.reserve(contexts.size());
  for (auto* one : contexts) {
    if (one->exception) continue;
    const auto where = span(one->start);
    const auto word = map_.text(where);
    const bool legal = may_stand(word, block);
    if (head && !legal && may_stand(word, head->block)) {
      if (!std::exchange(opened, true) && !unopened_) unopened_ = Unopened{head->block, head->head, where};
      continue;
    }
    // A statement further right than the head is taken to be one of its block, though it may stand here, too.
    if (!head || map_.column(where.begin) <= map_.column(head->head.begin)) head = headless(one), opened = false;
    if (!legal) {
      auto& diagnostic =
          diagnostics_.add(Code::not_legal_here, where,
                           fmt::format("`{}` cannot stand {}", word, block_names[static_cast<std::size_t>(block)]));
      diagnostic.hint(fmt::format("it stands {}", places_of(word)));
      continue;
    }
    if (auto made = item(one)) list.push_back(std::move(*made));
  }
  return list;
}

std::optional<tree::Item> Builder::item(P::ItemContext* context) {
  if (auto* is = context->allowDeny()) return rule(is);
  if (auto* is = context->require()) return rule(is);
  if (auto* is = context->letDecl()) return let(is);
  if (auto* is = context->obligationDecl()) return obligation_decl(is);
  if (auto* is = context->attributesDecl()) return attributes(is);
  if (auto* is = context->clientDecl()) return client(is);
  if (auto* is = context->passwordItem()) return password(is);
  if (auto* is = context->connectionDecl()) {
    auto own = name(is->wireName());
    auto strategy = name(is->name());
    return tree::ConnectionDecl{std::move(own), std::move(strategy), items(is->block(), Block::connection), span(is)};
  }
  if (auto* is = context->organizationDecl()) {
    tree::OrganizationDecl made;
    made.name = name(is->wireName());
    if (is->STRING() != nullptr) made.title = string(is->STRING());
    made.items = items(is->block(), Block::organization);
    made.span = span(is);
    return made;
  }
  if (auto* is = context->useDecl()) {
    auto used = name(is->wireName());
    return tree::UseDecl{std::move(used), items(is->block(), Block::use), span(is)};
  }
  return setting_item(context);
}

tree::ClientDecl Builder::client(P::ClientDeclContext* context) {
  auto own = name(context->wireName());
  auto kind = name(context->name());
  return {std::move(own), std::move(kind), items(context->block(), Block::client), span(context)};
}

// ---------------------------------------------------------------- tenants and templates

tree::TenantDecl Builder::tenant(P::TenantDeclContext* context) {
  tree::TenantDecl made;
  made.name = name(context->wireName());
  if (context->STRING() != nullptr) made.title = string(context->STRING());
  if (auto* from = context->instance()) {
    made.from = name(from->wireName());
    made.arguments = arguments(from->arguments());
  }
  made.body_written = context->block() != nullptr;
  made.items = items(context->block(), Block::tenant);
  made.span = span(context);
  return made;
}

tree::TemplateDecl Builder::template_decl(P::TemplateDeclContext* context) {
  tree::TemplateDecl made;
  made.name = name(context->wireName());
  for (auto* one : context->parameter()) made.parameters.push_back(parameter(one));
  made.items = items(context->block(), Block::tenant);
  made.span = span(context);
  return made;
}

tree::Parameter Builder::parameter(P::ParameterContext* context) {
  tree::Parameter made;
  made.name = name(context->name());
  auto* type = context->parameterType();
  if (type->INT_WORD() != nullptr) {
    made.type = type->bounds() != nullptr ? bounds(type->bounds()) : tree::Type{};
    made.type.kind = TypeKind::integer;
  } else {
    made.type.list = type->LIST() != nullptr;
    made.type.kind = type_kind(name(type->name()));
  }
  made.type.span = span(type);
  return made;
}

// ---------------------------------------------------------------- attributes and types

tree::AttributesBlock Builder::attributes(P::AttributesDeclContext* context) {
  tree::AttributesBlock made;
  for (auto* one : context->attribute()) {
    if (one->exception) continue;
    auto parts = path(one->name(), one->MEMBER());
    made.list.push_back({std::move(parts), type(one->type()), span(one)});
  }
  made.span = span(context);
  return made;
}

tree::Type Builder::type(P::TypeContext* context) {
  tree::Type made;
  if (context->ONE() != nullptr) {
    made.kind = TypeKind::enumeration;
    made.values = names(context->name());
  } else if (context->SET() != nullptr) {
    made.kind = TypeKind::string_set;
    const auto element = name(context->name(0));
    if (element.text != "string")
      diagnostics_.add(Code::unexpected_text, element.span, fmt::format("there are no sets of `{}`", element.text))
          .fix("sets hold strings: set of string", element.span, "string");
  } else if (context->INT_WORD() != nullptr) {
    if (context->bounds() != nullptr) made = bounds(context->bounds());
    made.kind = TypeKind::integer;
  } else {
    made.kind = type_kind(name(context->name(0)));
  }
  made.optional = context->QUESTION() != nullptr;
  made.span = span(context);
  return made;
}

tree::Type Builder::bounds(P::BoundsContext* context) {
  const auto value = [&](P::SignedIntegerContext* one) { return integer(one->INTEGER(), one->MINUS() != nullptr); };
  tree::Type made;
  made.low = value(context->signedInteger(0));
  made.high = value(context->signedInteger(1));
  if (*made.low > *made.high)
    diagnostics_.add(Code::bad_number, span(context), "this range holds no number")
        .hint("the lower bound comes first: 0..100");
  return made;
}

TypeKind Builder::type_kind(const tree::Name& word) {
  for (const auto& row : type_words)
    if (row.text == word.text) return row.kind;
  if (said_within(word.span)) return TypeKind::string;
  std::vector<std::string_view> known;
  for (const auto& row : type_words) known.push_back(row.text);
  auto& diagnostic = diagnostics_.add(Code::unexpected_text, word.span, fmt::format("`{}` is not a type", word.text));
  if (const auto* habit = type_habit(word.text)) {
    advise(diagnostic, *habit, word.span, word.text);
    return TypeKind::string;
  }
  if (const auto near = nearest_name(word.text, known); !near.empty())
    diagnostic.fix(fmt::format("did you mean `{}`?", near), word.span, std::string(near));
  diagnostic.hint("types are bool, int, int 0..100, string, ip, cidr, time, duration, set of string, one of a, b");
  return TypeKind::string;
}

// ---------------------------------------------------------------- let, obligation

tree::Let Builder::let(P::LetDeclContext* context) {
  tree::Let made;
  made.name = name(context->name());
  conditions_ = 0;
  made.value = expression(context->expression());
  made.span = span(context);
  return made;
}

tree::ObligationDecl Builder::obligation_decl(P::ObligationDeclContext* context) {
  tree::ObligationDecl made;
  made.name = name(context->name());
  made.satisfied = expression(context->expression());
  made.span = span(context);
  return made;
}

}  // namespace writ::syntax
