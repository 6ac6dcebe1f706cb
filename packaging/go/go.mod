// A helper for Go tests; it needs nothing but the standard library.
module github.com/imds-emulator/imds-emulator/packaging/go

go 1.22
