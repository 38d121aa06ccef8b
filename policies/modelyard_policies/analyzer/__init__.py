"""The rules behind Pulumi's analyzer protocol."""
