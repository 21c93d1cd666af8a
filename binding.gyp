{
  # The same addon as native/cpp/CMakeLists.txt, for those who build with node-gyp. Both read the
  # one source list, native/cpp/sources.txt.
  "targets": [
    {
      "target_name": "market",
      "sources": [
        "<!@(node -p \"require('fs').readFileSync('native/cpp/sources.txt','utf8').trim().split('\\n').map((name)=>'native/cpp/'+name).join(' ')\")"
      ],
      "include_dirs": ["native/cpp/include"],
      "defines": [
        "NAPI_VERSION=8",
        "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS",
        "NODE_ADDON_API_DISABLE_DEPRECATED"
      ],
      "variables": {
        "node_addon_api": "<!(node -p \"require('path').dirname(require.resolve('node-addon-api'))\")"
      },
      # The headers of node-addon-api come in as system headers: -Werror is for our own code.
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++20"],
      "cflags_cc": [
        "-std=c++20",
        "-fno-exceptions",
        "-fno-rtti",
        "-fvisibility=hidden",
        "-fvisibility-inlines-hidden",
        "-Wall",
        "-Wextra",
        "-Wconversion",
        "-Werror",
        "-isystem <(node_addon_api)"
      ],
      "xcode_settings": {
        "CLANG_CXX_LANGUAGE_STANDARD": "c++20",
        "GCC_ENABLE_CPP_EXCEPTIONS": "NO",
        "GCC_ENABLE_CPP_RTTI": "NO",
        "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
        "OTHER_CPLUSPLUSFLAGS": ["-isystem <(node_addon_api)"]
      },
      "msvs_settings": {
        "VCCLCompilerTool": {
          "AdditionalOptions": ["/std:c++20", "/external:W0", "/external:I<(node_addon_api)"]
        }
      }
    }
  ]
}
