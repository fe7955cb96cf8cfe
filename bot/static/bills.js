// The year's chart of the bills page: energy as bars, money as a line.
(() => {
  const place = document.getElementById("chart");
  const source = document.getElementById("bills");
  if (!place || !source || !window.echarts) return;
  const bills = JSON.parse(source.textContent);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const bar = (name, data, shade) => ({ name, type: "bar", stack: "kwh", data, itemStyle: { color: shade }, barMaxWidth: 22 });
  const energy = bills.peak
    ? [bar("峰电（度）", bills.peak, colour("--brand")), bar("谷电（度）", bills.valley, colour("--calm"))]
    : [bar("电量（度）", bills.kwh, colour("--brand"))];
  const money = {
    name: "电费（元）", type: "line", yAxisIndex: 1, data: bills.amount, symbolSize: 7,
    itemStyle: { color: colour("--money") }, lineStyle: { color: colour("--money"), width: 2 },
  };
  const text = { color: colour("--soft"), fontSize: 12 };
  const axis = (name, grid) => ({
    type: "value", name, nameTextStyle: text, axisLabel: text,
    splitLine: { show: grid, lineStyle: { color: colour("--line") } },
  });
  const chart = window.echarts.init(place);
  chart.setOption({
    animation: false,
    grid: { left: 8, right: 8, top: 64, bottom: 8, containLabel: true },
    legend: { top: 8, textStyle: { color: colour("--ink"), fontSize: 13 } },
    tooltip: { trigger: "axis", confine: true },
    xAxis: { type: "category", data: bills.months, axisLabel: { ...text, interval: 0, fontSize: 11 }, axisTick: { show: false } },
    yAxis: [axis("度", true), axis("元", false)],
    series: [...energy, money],
  });
  window.addEventListener("resize", () => chart.resize());
})();
