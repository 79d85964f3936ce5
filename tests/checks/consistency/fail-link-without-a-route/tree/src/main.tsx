import { BrowserRouter, Link, Navigate, Route, Routes } from "react-router-dom";
const Home = () => <Link to="/shop/items/1">x</Link>;
const Nothing = () => <Navigate to="/" />;
const Shop = () => <p>
  <Link to="/account"/><a href="/shop/cart">c</a></p>;
export default () => <BrowserRouter><Routes>
  <Route path="/" element={<Home />} />
  <Route path="shop" element={<Shop />}><Route path="items/:id" element={<Home />} /></Route>
  <Route path="/account/*" element={<Home />} />
  <Route path="*" element={<Nothing />} />
</Routes></BrowserRouter>;
