if(SOCKUTILS_SANITIZE)
  add_compile_options(-fsanitize=${SOCKUTILS_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SOCKUTILS_SANITIZE})
endif()
