"""The tree of resources: components are branches, siblings of one type share a line."""

from __future__ import annotations

from rich.text import Text
from rich.tree import Tree

from modelyard_policies.graph import Graph, Node
from modelyard_preview.report.names import count, in_cloud, short_name, short_type


def resource_tree(graph: Graph) -> Tree:
    """The resources under the stack, in the order of their registration."""
    tree = Tree(Text("resources", style="bold"), guide_style="dim")
    urns = graph.by_urn
    for root in (node for node in graph.resources if node.parent not in urns):
        if root.type == "pulumi:pulumi:Stack":
            _add_children(tree, graph, root, named_after=None)
        elif not root.type.startswith("pulumi:providers:"):  # (a default one, which no program makes)
            _add_branch(tree, graph, root, None)
    return tree


def _add_children(tree: Tree, graph: Graph, parent: Node, named_after: Node | None) -> None:
    leaves: dict[str, list[Node]] = {}
    for child in graph.children(parent.urn):
        if graph.children(child.urn) or not child.custom:
            _add_branch(tree, graph, child, named_after)
        else:
            leaves.setdefault(child.type, []).append(child)
    for token, nodes in leaves.items():
        names = ", ".join(_names(nodes, named_after))
        line = Text.assemble((short_type(token), "cyan"))
        if len(nodes) > 1:
            line.append(f" x{len(nodes)}", style="bold")
        tree.add(line.append(f"  {names}" if names else "", style="dim"))


def _add_branch(tree: Tree, graph: Graph, node: Node, named_after: Node | None) -> None:
    below = _descendants(graph, node)
    line = Text.assemble((short_type(node.type), "bold cyan"), f"  {short_name(node, named_after)}")
    line.append(f"  {count(below, 'resource')}", style="dim")
    _add_children(tree.add(line), graph, node, node)


def _names(nodes: list[Node], parent: Node | None) -> list[str]:
    """Names of siblings; none for one that bears its parent's name."""
    if len(nodes) == 1 and parent and nodes[0].name == parent.name:
        return []
    return [short_name(node, parent) for node in nodes]


def _descendants(graph: Graph, node: Node) -> int:
    """Resources of a cloud under a node: components are only names."""
    children = graph.children(node.urn)
    return sum(in_cloud(child) + _descendants(graph, child) for child in children)
