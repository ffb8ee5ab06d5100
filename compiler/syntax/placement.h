// Which statement may stand in which block: one row a statement, read by the check, by its message and by its help.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::syntax {

enum class Block : std::uint8_t { file, platform, tenant, client, use, connection, organization };
inline constexpr std::array<std::string_view, 7> block_names = {
    "at the top of a file", "in `platform`",     "in a tenant", "in a client", "in `use`",
    "in a connection",      "in an organization"};

using BlockMask = std::uint8_t;
constexpr BlockMask mask_of(Block block) { return static_cast<BlockMask>(1u << static_cast<unsigned>(block)); }

// A statement's first word and the blocks it may stand in. Templates and `extend tenant` are tenant blocks. That a floor
// has no `allow` is a matter of meaning, said by the checker.
struct Placement {
  std::string_view word;
  BlockMask blocks;
};

namespace placement_detail {
inline constexpr BlockMask file = mask_of(Block::file), platform = mask_of(Block::platform),
                           tenant = mask_of(Block::tenant), client = mask_of(Block::client), use = mask_of(Block::use),
                           connection = mask_of(Block::connection), organization = mask_of(Block::organization);
inline constexpr BlockMask blocks = platform | tenant | client | use | connection | organization;
}  // namespace placement_detail

inline constexpr auto placements = [] {
  using namespace placement_detail;
  return std::to_array<Placement>({
      {"import", file},
      {"platform", file},
      {"extend", file},
      {"template", file},
      {"fixture", file},
      {"test", file},
      {"prove", file},
      {"tenant", file | tenant},  // the declaration at the top, `tenant.x = …` in a tenant
      {"attributes", file | tenant},
      {"client", file | tenant},
      {"let", file | blocks},
      {"obligation", file | platform | tenant},
      {"connection", tenant},
      {"organization", tenant},
      {"use", tenant | organization},
      {"allow", blocks},
      {"deny", blocks},
      {"require", blocks},
      {"report", blocks},
      {"password", platform | tenant | client | connection},
      {"floor", platform},
      {"zone", platform | tenant},
      {"lockout", platform | tenant | connection},
      {"session", platform | tenant | client},
      {"limit", platform},
      {"branding", tenant | organization},
      {"features", tenant | organization},
      {"hosts", tenant},
      {"issuers", tenant},
      {"id", tenant | client | connection | organization},
      {"connections", client | use | organization},
      {"callbacks", client},
      {"origins", client},
      {"grants", client},
      {"lifetimes", client},
      {"organizations", client},
      {"domains", connection | organization},
      {"issuer", connection},
      {"signup", connection},
      {"settings", connection},
      {"discover", client | use | organization},
      {"members", organization},
      {"joins", organization},
  });
}();

bool may_stand(std::string_view word, Block block);
std::vector<std::string_view> words_of(Block block);
// "in a client or in `use`": where the word may stand; empty when it begins no statement.
std::string places_of(std::string_view word);

}  // namespace writ::syntax
