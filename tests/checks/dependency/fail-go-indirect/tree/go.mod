module x

require golang.org/x/crypto v0.17.0 // indirect
