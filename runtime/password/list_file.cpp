#include "runtime/password/list_file.h"

#include <algorithm>
#include <cstring>

namespace writ::password {

std::string check_start(std::span<const std::uint8_t> bytes, std::size_t alignment, std::size_t header_size,
                        std::initializer_list<Magic> kinds, const std::string& maker) {
  ListStart start;
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignment != 0) return "its bytes are not aligned";
  if (bytes.size() < header_size) return "it has " + std::to_string(bytes.size()) + " bytes, fewer than a header";
  std::memcpy(&start, bytes.data(), sizeof(ListStart));
  if (std::ranges::find(kinds, start.magic) == kinds.end()) return "it is not a file of `" + maker + "`";
  if (start.version != ListStart().version || start.header_size != header_size)
    return "it was made by another version of writ (format " + std::to_string(start.version) + "); build it again";
  if (start.file_size != bytes.size())
    return "it has " + std::to_string(bytes.size()) + " bytes and should have " + std::to_string(start.file_size) +
           (bytes.size() < start.file_size ? ": it is cut short" : ": something was added");
  return {};
}

}  // namespace writ::password
