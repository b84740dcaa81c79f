#pragma once

/// Marks a symbol as part of the shared library's public interface; everything else is hidden.
#define SOCKUTILS_EXPORT [[gnu::visibility("default")]]
