#pragma once

/// Marks a symbol as part of the shared library's public interface; everything else is hidden.
/// Since: 0.1
#define SOCKUTILS_EXPORT [[gnu::visibility("default")]]
