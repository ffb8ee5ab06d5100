// Codes of loading: finding files, reading them, following imports.
#pragma once

#include "compiler/diagnostics/catalogue.h"

#include <array>

namespace writ {

inline constexpr auto load_rows = std::to_array<CodeRow>({
    {Code::file_not_found, Severity::error, "no such file or folder"},
    {Code::file_unreadable, Severity::error, "file cannot be read"},
    {Code::not_a_regular_file, Severity::error, "neither a file nor a folder"},
    {Code::folder_without_policies, Severity::error, "folder without .writ files"},
    {Code::import_cycle, Severity::error, "files import each other in a circle"},
    {Code::import_too_deep, Severity::error, "imports nested too deep"},
    {Code::too_many_files, Severity::error, "too many files"},
    {Code::file_too_large, Severity::error, "file too large"},
    {Code::policy_too_large, Severity::error, "policy set too large"},
    {Code::bad_import_path, Severity::error, "not a path an import may have"},
});

}  // namespace writ
