// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.List;
import java.util.stream.Stream;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.Commands;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkTable;

/** What the shell can ask of the table. */
@Component(
    service = LinkCommands.class,
    property = {
      "osgi.command.scope=link",
      "osgi.command.function=list",
      "osgi.command.function=show",
      "osgi.command.function=addresses",
      "osgi.command.function=routes",
      "osgi.command.function=rules",
      "osgi.command.function=neighbours",
      "osgi.command.function=leases",
      "osgi.command.function=managers",
      "osgi.command.function=events",
      "osgi.command.function=sources",
      Commands.READS + "=list",
      Commands.READS + "=show",
      Commands.READS + "=addresses",
      Commands.READS + "=routes",
      Commands.READS + "=rules",
      Commands.READS + "=neighbours",
      Commands.READS + "=leases",
      Commands.READS + "=managers",
      Commands.READS + "=events",
      Commands.READS + "=sources"
    })
public final class LinkCommands {
  private static final int SHOWN = 100;
  private static final int SHOWN_BEFORE_FOLLOWING = 10;

  private final LinkTable table;

  @Activate
  public LinkCommands(@Reference LinkTable table) {
    this.table = table;
  }

  @Descriptor(
      """
      Lists the links of this host.
      Example: link:list
      Example: link:list --json""")
  public List<? extends Record> list() {
    return LinkRow.in(table.snapshot());
  }

  @Descriptor(
      """
      Shows one link with its addresses and routes.
      Example: link:show lo""")
  public Record show(@Descriptor("name of the link, or its index") String name) {
    LinkSnapshot picture = table.snapshot();
    return LinkDetail.of(find(name, picture), picture);
  }

  static Link find(String name, LinkSnapshot picture) {
    return picture
        .link(name)
        .or(() -> picture.links().stream().filter(l -> isIndex(name, l)).findFirst())
        .orElseThrow(
            () ->
                new java.util.NoSuchElementException(
                    "there is no link named " + name + "; link:list shows those there are"));
  }

  private static boolean isIndex(String name, Link link) {
    return Integer.toString(link.index()).equals(name);
  }

  @Descriptor(
      """
      Lists the addresses of this host.
      Example: link:addresses""")
  public List<? extends Record> addresses() {
    return AddressRow.in(table.snapshot());
  }

  @Descriptor(
      """
      Lists the routes that are watched: those of the main table, unless configured otherwise.
      Example: link:routes""")
  public List<? extends Record> routes() {
    return RouteRow.in(table.snapshot());
  }

  @Descriptor(
      """
      Lists the rules of policy routing: which packets ask which table of routes.
      Example: link:rules""")
  public List<? extends Record> rules() {
    return RuleRow.in(table.snapshot());
  }

  @Descriptor(
      """
      Lists the gateways that routes go by, and whether they answer.
      Example: link:neighbours""")
  public List<? extends Record> neighbours() {
    return NeighbourRow.in(table.snapshot());
  }

  @Descriptor(
      """
      Lists what DHCP servers granted, and until when.
      Example: link:leases""")
  public List<? extends Record> leases() {
    return LeaseRow.in(table.snapshot());
  }

  @Descriptor(
      """
      Lists what the managers of the network say of the links they look after.
      Example: link:managers""")
  public List<? extends Record> managers() {
    return ManagementRow.in(table.snapshot());
  }

  @Descriptor(
      """
      Lists the backends that tell what the network is like, and how they are.
      Example: link:sources""")
  public List<? extends Record> sources() {
    return table.snapshot().sources();
  }

  @Descriptor(
      """
      Shows what happened, oldest first, and with --follow what happens.
      Example: link:events
      Example: link:events --after 120
      Example: link:events --follow""")
  public Stream<? extends Record> events(
      @Descriptor("go on with what happens from now on, until interrupted")
          @Parameter(
              names = {"--follow", "-f"},
              presentValue = "true",
              absentValue = "false")
          boolean follow,
      @Descriptor("only events after the one of this number")
          @Parameter(
              names = {"--after", "-a"},
              absentValue = "-1")
          long after) {
    LinkSnapshot picture = table.snapshot();
    if (follow) {
      long from = Math.max(0, picture.number() - SHOWN_BEFORE_FOLLOWING);
      return EventFlow.after(after >= 0 ? after : from, table);
    }
    int limit = after >= 0 ? Integer.MAX_VALUE : SHOWN;
    Names names = Names.in(picture);
    return table.history(after, limit).stream().map(event -> EventRow.of(event, names));
  }
}
