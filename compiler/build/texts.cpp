#include "compiler/build/texts.h"

#include "runtime/bundle/bundle.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

namespace writ::build {

namespace {

using bundle::Digest;
using bundle::OrganizationDigest;
using bundle::Writer;
using load_detail::Apart;
using Kind = Outline::Kind;

Digest digest_of(std::string_view text) { return bundle::digest_of(std::as_bytes(std::span(text))); }

OrganizationDigest half_of(const Digest& digest) {
  OrganizationDigest half{};
  std::copy_n(digest.begin(), half.size(), half.begin());
  return half;
}

// What is gathered of a tenant, piece by piece.
struct Gathered {
  Writer all, rest;
  Text text;
  std::vector<std::string_view> stretches;  // of the rest
  bool parted = false;                      // in several pieces, whose order the imports decide
  bool twice = false;                       // an organization of one name: the checker says so
};

// The lines of a text, counted as it is gone through.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}
  std::uint64_t at(std::size_t place) {
    line_ += static_cast<std::uint64_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(place_),
                                                   text_.begin() + static_cast<std::ptrdiff_t>(place), '\n'));
    place_ = place;
    return line_;
  }

 private:
  std::string_view text_;
  std::size_t place_ = 0;
  std::uint64_t line_ = 1;
};

// A stretch between organizations. What it says has places in lines, which messages name; the brace that closes the tenant has none.
void add_rest(Gathered& tenant, const std::string& text, Lines& lines, std::size_t begin, std::size_t end) {
  const auto said = without_margins(text, begin, end);
  if (said.empty()) return;
  tenant.rest(digest_of(said));
  tenant.stretches.push_back(said);
  if (said != "}") tenant.rest(lines.at(static_cast<std::size_t>(said.data() - text.data())));
}

void add_piece(Gathered& tenant, const std::string& file, const std::string& text, const Outline::Piece& piece,
               Lines& lines) {
  auto begin = piece.begin;
  tenant.rest(file);
  for (const auto& organization : piece.organizations) {
    add_rest(tenant, text, lines, begin, organization.begin);
    begin = organization.end;
    const auto digest =
        digest_of(std::string_view(text).substr(organization.begin, organization.end - organization.begin));
    tenant.twice |= !tenant.text.organizations.emplace(organization.name, half_of(digest)).second;
  }
  add_rest(tenant, text, lines, begin, piece.end);
}

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// The organizations whose names stand in the rest: its rules may ask for them. What stands in a comment is looked at, too.
std::set<std::string> mentioned_in(const Gathered& tenant) {
  std::set<std::string> mentioned;
  const auto look_at = [&](std::string_view word) {
    if (auto name = std::string(word); tenant.text.organizations.contains(name)) mentioned.insert(std::move(name));
  };
  for (const auto text : tenant.stretches) {
    for (std::size_t begin = 0, at = 0; at <= text.size(); ++at) {
      if (at < text.size() && is_word(text[at])) continue;
      look_at(text.substr(begin, at - begin));
      begin = at + 1;
    }
    for (std::size_t begin = 0, at = 0; (at = text.find('"', begin)) != text.npos; begin = at + 1)
      look_at(text.substr(begin, at - begin));
  }
  return mentioned;
}

Digest imports_of(const Apart& apart) {
  Writer all;
  for (std::size_t i = 0; i < apart.found.size(); ++i)
    for (const auto& piece : apart.outlines[i].pieces)
      if (piece.kind == Kind::import) all(apart.found[i].name, piece.name);
  return bundle::digest_of(all.take());
}

}  // namespace

Texts texts_of(const Apart& apart) {
  std::map<std::string, Gathered> tenants;
  for (std::size_t i = 0; i < apart.found.size(); ++i) {
    const std::string& text = apart.texts[i];
    Lines lines(text), inside(text);
    for (const auto& piece : apart.outlines[i].pieces) {
      const auto line = lines.at(piece.begin);
      if (!load_detail::is_of_tenant(piece)) continue;
      auto& tenant = tenants[piece.name];
      const auto digest = digest_of(std::string_view(text).substr(piece.begin, piece.end - piece.begin));
      tenant.parted = !tenant.text.files.empty();
      tenant.all(apart.found[i].name, line, digest);
      tenant.text.files.emplace_back(apart.found[i].name, digest);
      add_piece(tenant, apart.found[i].name, text, piece, inside);
    }
  }
  const auto imports = imports_of(apart);
  Texts texts;
  for (auto& [name, tenant] : tenants) {
    for (auto* all : {&tenant.all, &tenant.rest}) (*all)(name, tenant.parted ? imports : Digest{});
    tenant.text.digest = bundle::digest_of(tenant.all.take());
    if (tenant.twice || tenant.text.organizations.size() < least_organizations) {
      tenant.text.organizations.clear();
    } else {
      tenant.text.rest = bundle::digest_of(tenant.rest.take());
      tenant.text.mentioned = mentioned_in(tenant);
    }
    texts.emplace(name, std::move(tenant.text));
  }
  return texts;
}

bundle::Origin origin_of(const Text& text, const program::Part& part) {
  bundle::Origin origin{text.files, text.rest, {}};
  if (text.organizations.empty()) return origin;
  for (const auto& organization : part.organizations) {
    const auto found = text.organizations.find(organization.name);
    origin.organizations.push_back(found == text.organizations.end() ? OrganizationDigest{} : found->second);
  }
  return origin;
}

}  // namespace writ::build
