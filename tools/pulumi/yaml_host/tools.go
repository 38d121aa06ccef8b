//go:build tools

// Package yamlhost only pins the module that holds the host for Pulumi YAML; build.py builds the command from it.
package yamlhost

import _ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
